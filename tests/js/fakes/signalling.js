import { FakeWebSocket } from "./web-socket.js";

/**
 * @typedef {import("../../../static/js/signalling/messages.js").Peer} Peer
 * @typedef {import("../../../static/js/signalling/messages.js").ClientMessage} ClientMessage
 * @typedef {import("../../../static/js/signalling/messages.js").JoinMessage} JoinMessage
 * @typedef {import("../../../static/js/signalling/messages.js").AddressedMessage} AddressedMessage
 * @typedef {import("../../../static/js/signalling/messages.js").Role} Role
 * @typedef {{ state: Peer["state"], since: string | null, instance: string | null, socket: HubSocket | null }} Presence
 * @typedef {{ seat: string, role: Role, token: string, opensAt: string, resume: string | null,
 *   arrivedAt: string | null, admittedSince: string | null, isEnded: boolean, secrets: number,
 *   claimant: HubSocket | null } & Presence} Place
 */

let rooms = 0;

/** A WebSocket that ends in the hub. */
class HubSocket extends FakeWebSocket {
  #hub;
  /** @type {JoinMessage | null} */
  joined = null;

  /**
   * @param {FakeHub} hub
   * @param {string | URL} url
   */
  constructor(hub, url) {
    super(url);
    this.#hub = hub;
    setImmediate(() => {
      if (this.readyState !== FakeWebSocket.CONNECTING) return;
      if (hub.isUp) this.accept();
      else this.drop();
    });
  }

  /**
   * @override
   * @param {string} data
   */
  send(data) {
    super.send(data);
    this.#hub.transcript.push(data);
    setImmediate(() => this.#hub.receive(this, JSON.parse(data)));
  }

  /** @override */
  close() {
    super.close();
    setImmediate(() => this.#hub.ended(this));
  }

  /** @param {unknown} message */
  tell(message) {
    this.#hub.transcript.push(JSON.stringify(message));
    setImmediate(() => this.deliver(message));
  }

  /**
   * @param {string} error
   * @param {number} code
   */
  refuse(error, code) {
    this.tell({ type: "error", error, retryAfter: null });
    setImmediate(() => this.drop(code));
  }
}

/** The signalling server as PROTOCOL.md describes it: it seats pages of one practitioner and relays between them. */
export class FakeHub {
  isUp = true;
  /** The practitioner's seat; pages count changed certificates by seat. */
  room = `seat-practitioner-${++rooms}`;
  /** How far its clock is ahead of that of the pages, in milliseconds. */
  ahead = 0;
  /** @type {string[]} every message that it saw or sent */
  transcript = [];
  /** @type {{ type: string, seat?: string, consultation?: string }[]} what the practitioner's page asked of it */
  orders = [];
  /** Whether it forgets to confirm what the practitioner's page asks. */
  isSilent = false;
  /** @type {Presence} */
  #room = { state: "absent", since: null, instance: null, socket: null };
  /** @type {Map<string, Place>} */
  #places = new Map();

  /** @returns {typeof WebSocket} */
  get WebSocketClass() {
    return inHub(this);
  }

  /**
   * Make a consultation with one seat.
   * @param {string} seat
   * @param {{ role?: Role, opensAt?: string }} [details]
   * @returns {string} the invitation's token
   */
  invite(seat, { role = "patient", opensAt = this.time(-3_600_000) } = {}) {
    const token = `token-of-${seat}`;
    const nobody = { state: /** @type {const} */ ("absent"), since: null, instance: null };
    const empty = { resume: null, arrivedAt: null, admittedSince: null, socket: null };
    const rest = { isEnded: false, secrets: 0, claimant: null };
    this.#places.set(seat, { seat, role, token, opensAt, ...nobody, ...empty, ...rest });
    return token;
  }

  /**
   * @param {number} [milliseconds] from now
   * @returns {string}
   */
  time(milliseconds = 0) {
    return new Date(Date.now() + this.ahead + milliseconds).toISOString();
  }

  /**
   * @param {string} seat
   * @returns {Place}
   */
  place(seat) {
    return /** @type {Place} */ (this.#places.get(seat));
  }

  /** The server dies and forgets who is there, but not who holds a seat. */
  stop() {
    this.isUp = false;
    const sockets = [this.#room, ...this.#places.values()].map(({ socket }) => socket);
    this.#room = { state: "absent", since: null, instance: null, socket: null };
    for (const place of this.#places.values()) {
      const state = place.resume === null ? "absent" : "away";
      Object.assign(place, { state, since: this.time(), instance: null, socket: null });
    }
    for (const socket of sockets) socket?.drop();
  }

  start() {
    this.isUp = true;
  }

  /** @param {string} seat Whose socket breaks; "room" for the practitioner's */
  cut(seat) {
    const presence = seat === "room" ? this.#room : this.place(seat);
    const { socket } = presence;
    socket?.drop();
    if (socket) this.ended(socket);
  }

  /**
   * @param {HubSocket} socket
   * @param {ClientMessage} message
   */
  receive(socket, message) {
    // What was sent before the page closed its socket still arrives.
    if (!this.isUp || socket.readyState === FakeWebSocket.CLOSED) return;
    if (message.type === "join") this.#join(socket, message);
    else if (message.type === "ping") socket.tell({ type: "pong" });
    else if ("to" in message) this.#relay(socket, message);
    else if (socket === this.#room.socket) this.#order(message);
    else this.#serve(socket, message);
  }

  /** @param {HubSocket} socket That is gone */
  ended(socket) {
    const presence = [this.#room, ...this.#places.values()].find((each) => each.socket === socket);
    if (!presence) return;
    Object.assign(presence, { state: "away", since: this.time(), socket: null });
    if (presence === this.#room) this.#announceRoom();
    else this.#announce(/** @type {Place} */ (presence));
  }

  /**
   * @param {HubSocket} socket
   * @param {JoinMessage} message
   */
  #join(socket, message) {
    socket.joined = message;
    if (socket.url.endsWith("/ws/room")) {
      this.#sitDown(this.#room, socket);
      socket.tell(this.#welcome(null));
      this.#announceRoom();
      return;
    }
    const place = [...this.#places.values()].find(({ token, resume }) =>
      message.resume === undefined ? token === message.token : resume === message.resume,
    );
    if (place?.isEnded) socket.refuse("ended", 4410);
    else if (!place) socket.refuse(message.resume ? "unknown-seat" : "unknown-invitation", 4404);
    else if (message.resume === undefined && place.resume !== null) this.#claim(place, socket);
    else this.#seat(place, socket);
  }

  /**
   * @param {Place} place
   * @param {HubSocket} socket
   */
  #seat(place, socket) {
    const isNew = socket.joined?.resume === undefined;
    if (isNew) {
      place.secrets += 1;
      place.resume = `secret-${place.secrets}-of-${place.seat}`;
    }
    place.arrivedAt ??= this.time();
    this.#sitDown(place, socket);
    socket.tell(this.#welcome(place, isNew ? place.resume : null));
    this.#announce(place);
  }

  /**
   * @param {Presence} presence
   * @param {HubSocket} socket
   */
  #sitDown(presence, socket) {
    const older = presence.socket;
    const instance = socket.joined?.instance ?? null;
    Object.assign(presence, { state: "here", since: this.time(), instance, socket });
    older?.refuse("taken-over", 4409);
  }

  /**
   * @param {Place} place
   * @param {HubSocket} socket
   */
  #claim(place, socket) {
    place.claimant = socket;
    const claim = `claim-to-${place.seat}`;
    socket.tell({ type: "claiming", claim });
    const asked = { type: "claim", seat: place.seat, claim, since: this.time() };
    for (const each of [place.socket, this.#room.socket]) each?.tell(asked);
  }

  /**
   * @param {Place | undefined} place
   * @param {boolean} accept
   */
  #answerClaim(place, accept) {
    if (!place?.claimant) return;
    const { claimant } = place;
    place.claimant = null;
    const closed = { type: "claim-closed", seat: place.seat, claim: `claim-to-${place.seat}` };
    for (const each of [place.socket, this.#room.socket]) each?.tell(closed);
    if (accept) this.#seat(place, claimant);
    else claimant.refuse("claim-refused", 4423);
  }

  /**
   * @param {HubSocket} socket
   * @param {AddressedMessage | import("../../../static/js/signalling/messages.js").AckMessage} message
   */
  #relay(socket, message) {
    const sender = this.#sitting(socket);
    const target = this.#places.get(message.to);
    const place = sender ?? target;
    if (!place) return;
    if (Date.parse(place.opensAt) > Date.parse(this.time())) {
      socket.tell({ type: "error", error: "not-open", retryAfter: null });
      return;
    }
    const from = sender?.seat ?? this.room;
    const receiver = message.to === this.room ? this.#room : target;
    receiver?.socket?.tell({ ...message, from, fromInstance: socket.joined?.instance });
  }

  /** @param {ClientMessage} message Of the practitioner's page */
  #order(message) {
    this.orders.push(message);
    if (this.isSilent) return;
    if (message.type === "admit" || message.type === "put-back") {
      const place = this.place(message.seat);
      if (place.resume === null && message.type === "admit") return;
      place.admittedSince = message.type === "admit" ? this.time() : null;
      const { seat, admittedSince: since } = place;
      this.#room.socket?.tell({ type: "admitted", seat, since });
    } else if (message.type === "end") {
      this.#end(message.consultation);
    } else if (message.type === "hand-over") {
      this.#answerClaim(this.#claimed(message.claim), message.accept);
    }
  }

  /**
   * @param {HubSocket} socket
   * @param {ClientMessage} message
   */
  #serve(socket, message) {
    const place = this.#sitting(socket);
    if (!place) return;
    if (message.type === "hand-over") this.#answerClaim(place, message.accept);
    if (message.type !== "leave") return;
    Object.assign(place, { socket: null, resume: null, admittedSince: null });
    Object.assign(place, { state: "left", since: this.time() });
    this.#announce(place);
    Object.assign(place, { state: "absent", since: null, instance: null, arrivedAt: null });
    socket.drop(1000);
  }

  /** @param {string} consultation */
  #end(consultation) {
    for (const place of this.#places.values()) {
      if (consultationOf(place) !== consultation) continue;
      const { socket } = place;
      Object.assign(place, { isEnded: true, resume: null, socket: null });
      socket?.tell({ type: "ended", consultation });
      setImmediate(() => socket?.drop(4410));
      this.#room.socket?.tell({ type: "ended", consultation });
    }
  }

  /** @param {HubSocket} socket */
  #sitting(socket) {
    return [...this.#places.values()].find((place) => place.socket === socket);
  }

  /** @param {string} claim */
  #claimed(claim) {
    return [...this.#places.values()].find(({ seat }) => claim === `claim-to-${seat}`);
  }

  /** @param {Place} place */
  #announce(place) {
    this.#room.socket?.tell({ type: "presence", peer: this.#peer(place) });
  }

  #announceRoom() {
    for (const { socket } of this.#places.values()) {
      socket?.tell({ type: "presence", peer: this.#practitioner() });
    }
  }

  /**
   * @param {Place | null} place Null for the room
   * @param {string | null} [resume]
   */
  #welcome(place, resume = null) {
    return {
      ...{ type: "welcome", version: 1, resume, iceServers: [], serverTime: this.time() },
      ...(place ? this.#forVisitor(place) : this.#forRoom()),
    };
  }

  /** @param {Place} place */
  #forVisitor(place) {
    const { role, seat, opensAt, arrivedAt, admittedSince } = place;
    return {
      ...{ role, seat, consultation: consultationOf(place), opensAt, arrivedAt, admittedSince },
      ...{ startsAt: this.time(), endsAt: this.time(), peers: [this.#practitioner()] },
    };
  }

  #forRoom() {
    const present = [...this.#places.values()].filter(
      ({ state, isEnded }) => (state === "here" || state === "away") && !isEnded,
    );
    return {
      ...{ role: "practitioner", seat: null, consultation: null, arrivedAt: null },
      ...{ startsAt: null, endsAt: null, opensAt: null, admittedSince: null },
      peers: present.map((place) => this.#peer(place)),
    };
  }

  #practitioner() {
    const { state, since, instance } = this.#room;
    const nothing = { arrivedAt: null, admittedSince: null, alias: null };
    return {
      ...{ seat: this.room, role: "practitioner", consultation: "any-consultation", state, since },
      ...{ instance, language: null, startsAt: null, opensAt: null, ...nothing },
    };
  }

  /** @param {Place} place */
  #peer(place) {
    const { seat, role, state, since, instance, arrivedAt, admittedSince, opensAt } = place;
    return {
      ...{ seat, role, consultation: consultationOf(place), state, since, instance },
      ...{ language: "de", arrivedAt, admittedSince, alias: "Amsel 27" },
      ...{ startsAt: this.time(), opensAt },
    };
  }
}

/** @param {Place} place */
const consultationOf = ({ seat }) => `consultation-of-${seat}`;

/**
 * @param {FakeHub} hub
 * @returns {typeof WebSocket}
 */
function inHub(hub) {
  class Connected extends HubSocket {
    /** @param {string | URL} url */
    constructor(url) {
      super(hub, url);
    }
  }
  return /** @type {typeof WebSocket} */ (/** @type {unknown} */ (Connected));
}
