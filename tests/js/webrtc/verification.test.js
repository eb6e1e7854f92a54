import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { commitment, verificationCode } from "../../../static/js/webrtc/verification-code.js";
import { ExchangeBudget } from "../../../static/js/webrtc/exchange-budget.js";
import { Verification } from "../../../static/js/webrtc/verification.js";

/**
 * @typedef {import("../../../static/js/webrtc/control.js").CommitMessage} CommitMessage
 * @typedef {import("../../../static/js/webrtc/control.js").RevealMessage} RevealMessage
 * @typedef {import("../../../static/js/webrtc/verification-code.js").Side} Side
 * @typedef {import("../../../static/js/signalling/messages.js").Role} Role
 * @typedef {{ certificate: string, nonce: string, commitment: string, role: Role }} SideVector
 * @typedef {{ consultation: string, connection: string, practitioner: SideVector, other: SideVector, code: string }} Vector
 */

const CONSULTATION = "consultation-1";
const CONNECTION = "connection-1";
const PRACTITIONER = randomBytes(32);
const PATIENT = randomBytes(32);
const ATTACKER = randomBytes(32);

/** Computed with Python's hashlib from the words of PROTOCOL.md. */
const vectors = /** @type {Vector[]} */ (
  JSON.parse(await readFile(new URL("verification-vectors.json", import.meta.url), "utf8"))
);

const bytes = (/** @type {string} */ hex) => Uint8Array.from(Buffer.from(hex, "hex"));
/** @type {(vector: SideVector) => Side} */
const side = ({ role, certificate, nonce }) => ({
  role,
  certificate: bytes(certificate),
  nonce: bytes(nonce),
});

for (const { consultation, connection, practitioner, other, code } of vectors) {
  test(`verification code ${code} is the one that Python computes`, async () => {
    const exchange = {
      practitioner: side(practitioner),
      other: side(other),
      consultation,
      connection,
    };

    assert.deepEqual(await commitment(exchange.practitioner), bytes(practitioner.commitment));
    assert.deepEqual(await commitment(exchange.other), bytes(other.commitment));
    assert.equal(await verificationCode(exchange), code);
  });
}

const base64url = (/** @type {Uint8Array} */ data) => Buffer.from(data).toString("base64url");

/**
 * What an attacker says who keeps to the rules of nothing.
 * @param {Side} sworn what is committed to
 * @param {Side} [told] what is revealed
 */
function lies(sworn, told = sworn) {
  const hash = createHash("sha256")
    .update(`meetone-sas-1${sworn.role}`)
    .update(sworn.certificate)
    .update(sworn.nonce)
    .digest();
  return {
    commit: /** @type {CommitMessage} */ ({ type: "commit", hash: base64url(hash) }),
    reveal: /** @type {RevealMessage} */ ({
      type: "reveal",
      nonce: base64url(told.nonce),
      certificate: base64url(told.certificate),
    }),
  };
}

/**
 * One side under test.
 * @param {Partial<ConstructorParameters<typeof Verification>[0]>} [changes]
 */
function setUp(changes = {}) {
  /** @type {(CommitMessage | RevealMessage)[]} */
  const sent = [];
  /** @type {string[]} */
  const failures = [];
  const verification = new Verification({
    role: "patient",
    otherRole: "practitioner",
    seat: "seat-practitioner",
    certificate: PATIENT,
    consultation: CONSULTATION,
    connection: CONNECTION,
    send: (message) => sent.push(message),
    budget: new ExchangeBudget(),
    ...changes,
  });
  verification.addEventListener("verification:failed", ({ detail }) =>
    failures.push(detail.reason),
  );
  const types = () => sent.map(({ type }) => type);
  return { verification, sent, failures, types };
}

/**
 * @param {Verification} verification
 * @returns {Promise<string>} the code
 */
const ready = (verification) =>
  new Promise((resolve, reject) => {
    verification.addEventListener("verification:ready", ({ detail }) => resolve(detail.code));
    verification.addEventListener("verification:failed", ({ detail }) => reject(detail.reason));
  });

/** Two sides whose channel delivers what they say. */
function setUpPair() {
  /** @type {(CommitMessage | RevealMessage)[]} */
  const overheard = [];
  /** @type {{ practitioner?: Verification, patient?: Verification }} */
  const sides = {};
  /** @param {"practitioner" | "patient"} to */
  const deliver = (to) => (/** @type {CommitMessage | RevealMessage} */ message) => {
    overheard.push(message);
    sides[to]?.receive(message);
  };
  const patient = setUp({ send: deliver("practitioner") }).verification;
  const practitioner = setUp({
    role: "practitioner",
    otherRole: "patient",
    certificate: PRACTITIONER,
    send: deliver("patient"),
  }).verification;
  return { ...Object.assign(sides, { practitioner, patient }), overheard };
}

test("verification between two honest sides gives both the same six digits", async () => {
  const { practitioner, patient, overheard } = setUpPair();
  const codes = Promise.all([ready(practitioner), ready(patient)]);

  practitioner.start(PATIENT);
  patient.start(PRACTITIONER);
  const [one, two] = await codes;

  assert.match(one, /^\d{6}$/);
  assert.equal(two, one);
  assert.equal(practitioner.code, one);
  assert.equal(patient.code, one);
  assert.deepEqual(overheard.map(({ type }) => type).slice(0, 2), ["commit", "commit"]);
});

test("verification whose other side starts first waits for its own certificate check", async () => {
  const { practitioner, patient, overheard } = setUpPair();
  const codes = Promise.all([ready(practitioner), ready(patient)]);

  practitioner.start(PATIENT);
  await practitioner.settled();
  assert.deepEqual(
    overheard.map(({ type }) => type),
    ["commit"],
  );
  patient.start(PRACTITIONER);
  const [one, two] = await codes;

  assert.equal(two, one);
});

test("verification on another connection gives other digits", async () => {
  const nonce = new Uint8Array(32);
  const exchange = {
    practitioner: { role: /** @type {const} */ ("practitioner"), certificate: PRACTITIONER, nonce },
    other: { role: /** @type {const} */ ("patient"), certificate: PATIENT, nonce },
    consultation: CONSULTATION,
  };
  const codes = new Set();

  for (let each = 0; each < 5; each++) {
    codes.add(await verificationCode({ ...exchange, connection: `connection-${each}` }));
  }

  assert.ok(codes.size > 1);
});

test("verification reveals nothing before it holds the other's commit", async () => {
  const { verification, types } = setUp();

  verification.start(PRACTITIONER);
  await verification.settled();
  assert.deepEqual(types(), ["commit"]);
  verification.receive(
    lies({ role: "practitioner", certificate: PRACTITIONER, nonce: randomBytes(32) }).commit,
  );
  await verification.settled();

  assert.deepEqual(types(), ["commit", "reveal"]);
});

test("verification with somebody who grinds a nonce after the reveal fails", async () => {
  const { verification, sent, failures } = setUp();
  const sworn = /** @type {Side} */ ({
    role: "practitioner",
    certificate: ATTACKER,
    nonce: randomBytes(32),
  });
  verification.start(ATTACKER);
  verification.receive(lies(sworn).commit);
  await verification.settled();
  const reveal = /** @type {RevealMessage} */ (sent.find(({ type }) => type === "reveal"));

  // With the patient's nonce in hand, the attacker looks for one that gives digits known to the other victim.
  const wanted = "0042";
  const start = createHash("sha256").update("code").update(ATTACKER).update(PATIENT);
  const patientNonce = Buffer.from(reveal.nonce, "base64url");
  let nonce = randomBytes(32);
  const digits = () => {
    const hash = start
      .copy()
      .update(nonce)
      .update(patientNonce)
      .update(CONSULTATION + CONNECTION);
    return String(BigInt(`0x${hash.digest("hex")}`) % 1_000_000n).padStart(6, "0");
  };
  while (!digits().endsWith(wanted)) nonce = randomBytes(32);
  const ground = { ...sworn, nonce };
  const code = await verificationCode({
    practitioner: ground,
    other: { role: "patient", certificate: PATIENT, nonce: patientNonce },
    consultation: CONSULTATION,
    connection: CONNECTION,
  });
  assert.equal(code.slice(-wanted.length), wanted);
  verification.receive(lies(sworn, ground).reveal);
  await verification.settled();

  assert.deepEqual(failures, ["broken-commitment"]);
  assert.equal(verification.code, "");
});

test("verification with an attacker in between gives two different codes", async () => {
  const patient = setUp();
  const practitioner = setUp({
    role: "practitioner",
    otherRole: "patient",
    certificate: PRACTITIONER,
  });
  const codes = Promise.all([ready(patient.verification), ready(practitioner.verification)]);

  for (const [{ verification }, role] of /** @type {const} */ ([
    [patient, "practitioner"],
    [practitioner, "patient"],
  ])) {
    const lie = lies({ role, certificate: ATTACKER, nonce: randomBytes(32) });
    verification.start(ATTACKER);
    verification.receive(lie.commit);
    await verification.settled();
    verification.receive(lie.reveal);
  }
  const [one, two] = await codes;

  // Equal by chance once in a million.
  assert.notEqual(one, two);
});

test("verification that hears its own commit fails without a reveal", async () => {
  const { verification, sent, failures, types } = setUp();
  verification.start(PRACTITIONER);
  await verification.settled();

  verification.receive(/** @type {CommitMessage} */ (sent[0]));
  await verification.settled();

  assert.deepEqual(failures, ["reflected"]);
  assert.deepEqual(types(), ["commit"]);
});

test("verification whose other end shows the own certificate fails", async () => {
  const { verification, failures, types } = setUp();

  verification.start(PATIENT);
  await verification.settled();

  assert.deepEqual(failures, ["reflected"]);
  assert.deepEqual(types(), []);
});

const honest = /** @type {Side} */ ({
  role: "practitioner",
  certificate: PRACTITIONER,
  nonce: randomBytes(32),
});

/**
 * A side that has been told these things in this order.
 * @param {(CommitMessage | RevealMessage)[]} messages
 * @param {Partial<ConstructorParameters<typeof Verification>[0]>} [changes]
 */
async function told(messages, changes) {
  const world = setUp(changes);
  world.verification.start(PRACTITIONER);
  await world.verification.settled();
  for (const message of messages) {
    world.verification.receive(message);
    await world.verification.settled();
  }
  return { ...world, code: world.verification.code };
}

test("verification told the truth has a code", async () => {
  const { commit, reveal } = lies(honest);

  const { code, failures, types } = await told([commit, reveal]);

  assert.match(code, /^\d{6}$/);
  assert.deepEqual(failures, []);
  assert.deepEqual(types(), ["commit", "reveal"]);
});

/** @type {[string, (CommitMessage | RevealMessage)[], string][]} */
const BROKEN = [
  ["a reveal before a commit", [lies(honest).reveal], "early-reveal"],
  ["two commits", [lies(honest).commit, lies(honest).commit], "repeated"],
  ["two reveals", [lies(honest).commit, lies(honest).reveal, lies(honest).reveal], "repeated"],
  [
    "another nonce than sworn",
    [lies(honest).commit, lies(honest, { ...honest, nonce: new Uint8Array(32) }).reveal],
    "broken-commitment",
  ],
  [
    "the own role",
    [lies({ ...honest, role: "patient" }).commit, lies(honest).reveal],
    "broken-commitment",
  ],
  [
    "a third role",
    [lies({ ...honest, role: "companion" }).commit, lies(honest).reveal],
    "broken-commitment",
  ],
  [
    "another certificate than that of the transport",
    [
      lies({ ...honest, certificate: ATTACKER }).commit,
      lies({ ...honest, certificate: ATTACKER }).reveal,
    ],
    "wrong-certificate",
  ],
  [
    "the own certificate",
    [
      lies({ ...honest, certificate: PATIENT }).commit,
      lies({ ...honest, certificate: PATIENT }).reveal,
    ],
    "wrong-certificate",
  ],
];

for (const [what, messages, reason] of BROKEN) {
  test(`verification told ${what} fails: ${reason}`, async () => {
    const { code, failures } = await told(messages);

    assert.deepEqual(failures, [reason]);
    assert.equal(code, "");
  });
}

test("verification told a reveal before its own commit is out fails", async () => {
  const { verification, failures, types } = setUp();
  const { commit, reveal } = lies(honest);
  verification.receive(commit);

  verification.receive(reveal);
  verification.start(PRACTITIONER);
  await verification.settled();

  assert.deepEqual(failures, ["early-reveal"]);
  assert.deepEqual(types(), []);
});

test("verification closed says nothing and tells nothing", async () => {
  const { verification, failures, types } = setUp();
  verification.start(PRACTITIONER);
  verification.close();

  verification.receive(lies(honest).reveal);
  await verification.settled();

  assert.deepEqual(types(), []);
  assert.deepEqual(failures, []);
});

test("verification whose channel is gone is interrupted", async () => {
  const { failures } = await told([], {
    send: () => {
      throw new DOMException("channel is closed", "InvalidStateError");
    },
  });

  assert.deepEqual(failures, ["interrupted"]);
});

test("verification of two guests is not one", () => {
  assert.throws(
    () => setUp({ role: "patient", otherRole: "companion" }),
    new TypeError("exactly one side of a verification is the practitioner's"),
  );
});

test("verification with the sixth changed certificate fails before it says anything", async () => {
  const budget = new ExchangeBudget();
  /** @type {string[][]} */
  const outcomes = [];

  for (let each = 0; each < 7; each++) {
    const { verification, failures, types } = setUp({ budget });
    verification.start(randomBytes(32));
    await verification.settled();
    outcomes.push([...types(), ...failures]);
  }

  assert.deepEqual(outcomes, [
    ...Array.from({ length: 6 }, () => ["commit"]),
    ["too-many-certificates"],
  ]);
});

test("budget counts for each seat, and only what has changed", () => {
  const budget = new ExchangeBudget();
  for (let each = 0; each < 20; each++) assert.equal(budget.spend("seat-one", "same"), true);

  for (let each = 1; each <= 5; each++) assert.equal(budget.spend("seat-one", `${each}`), true);
  assert.equal(budget.spend("seat-one", "6"), false);

  assert.equal(budget.spend("seat-one", "6"), false);
  assert.equal(budget.spend("seat-two", "1"), true);
});
