import { Inbox } from "./inbox.js";
import { Outbox } from "./outbox.js";

/** Most replaced pages whose messages are kept; of the others the one replaced longest ago is forgotten. */
const REPLACED_PAGES = 64;

/**
 * @typedef {import("./messages.js").Peer} Peer
 * @typedef {import("./messages.js").Negotiation} Negotiation
 * @typedef {import("./messages.js").RelayedMessage} RelayedMessage
 * @typedef {import("./messages.js").ReceivedAckMessage} ReceivedAckMessage
 * @typedef {{ peer: Peer, instanceChanged: boolean }} Change instanceChanged: another page than the one known before
 */

/**
 * Who is there, and what has to reach their pages in order and once, over however many sockets (PROTOCOL.md, "Order and loss").
 */
export class Relay {
  /** @type {Map<string, Peer>} by seat */
  #peers = new Map();
  /**
   * By seat. They outlive the peer: a page that left and comes back goes on counting where it was.
   *
   * @type {Map<string, Outbox>}
   */
  #outboxes = new Map();
  /**
   * By seat and page: what was for a page that another one replaced. It may take its seat back.
   *
   * @type {Map<string, Outbox>}
   */
  #replaced = new Map();
  #inbox;
  #send;
  #isJoined;

  /**
   * @param {object} options
   * @param {string} options.instance of this page
   * @param {(message: import("./messages.js").ClientMessage) => void} options.send over the socket
   * @param {() => boolean} options.isJoined whether a socket stands
   */
  constructor({ instance, send, isJoined }) {
    this.#inbox = new Inbox(instance);
    this.#send = send;
    this.#isJoined = isJoined;
  }

  /**
   * @param {string} seat
   * @returns {Peer | null}
   */
  peer(seat) {
    return this.#peers.get(seat) ?? null;
  }

  /**
   * Learn who is there, as a welcome says; whoever it does not name is not.
   *
   * @param {Peer[]} peers
   * @returns {Change[]} in the same order
   */
  welcome(peers) {
    this.#peers.clear();
    return peers.map((peer) => this.learn(peer));
  }

  /**
   * Learn how a seat stands, and send again what its page may have missed.
   *
   * @param {Peer} peer
   * @returns {Change}
   */
  learn(peer) {
    const { seat, instance } = peer;
    this.#peers.set(seat, peer);
    const known = this.#outboxes.get(seat);
    const isNew = instance !== null && instance !== known?.instance;
    const outbox = isNew ? this.#exchange(seat, instance) : known;
    if (outbox) this.#transmit(seat, () => outbox.takeAll());
    return { peer, instanceChanged: isNew && known !== undefined };
  }

  /**
   * Send a message as soon as both sockets stand.
   *
   * @param {string} to
   * @param {Negotiation} message
   * @returns {"kept" | "nobody" | "full"} nobody: no page of that seat is known
   */
  post(to, message) {
    const outbox = this.#outboxes.get(to);
    const state = this.#peers.get(to)?.state;
    // A seat that a restarted server only knows as away names no page: it is the one known before until another comes.
    if (!outbox || (state !== "here" && state !== "away")) return "nobody";
    if (!outbox.add(message)) return "full";
    this.#transmit(to, () => outbox.takeWaiting());
    return "kept";
  }

  /**
   * Acknowledge a message where that is due.
   *
   * @param {RelayedMessage} message
   * @returns {boolean} Whether to act on it
   */
  receive(message) {
    const { accepted, acknowledge } = this.#inbox.receive(message);
    if (acknowledge !== null) {
      const { from: to, fromInstance: toInstance } = message;
      this.#send({ type: "ack", to, toInstance, seq: acknowledge });
    }
    return accepted;
  }

  /** @param {ReceivedAckMessage} message */
  acknowledged({ from, fromInstance, seq }) {
    const outbox = this.#outboxes.get(from);
    if (outbox?.instance === fromInstance) outbox.acknowledge(seq);
  }

  /**
   * @param {string} seat
   * @param {string} instance The page that holds it now
   * @returns {Outbox}
   */
  #exchange(seat, instance) {
    const known = this.#outboxes.get(seat);
    if (known) this.#replaced.set(`${seat} ${known.instance}`, known);
    const page = `${seat} ${instance}`;
    const outbox = this.#replaced.get(page) ?? new Outbox(instance);
    this.#replaced.delete(page);
    this.#outboxes.set(seat, outbox);
    const [oldest] = this.#replaced.keys();
    if (this.#replaced.size > REPLACED_PAGES && oldest !== undefined) this.#replaced.delete(oldest);
    return outbox;
  }

  /**
   * Messages are only taken from the outbox, and so numbered, when they can go out.
   *
   * @param {string} to
   * @param {() => import("./outbox.js").Numbered[]} take
   */
  #transmit(to, take) {
    const peer = this.#peers.get(to);
    if (peer?.state !== "here" || peer.instance === null || !this.#isJoined()) return;
    for (const { seq, message } of take()) {
      this.#send({ ...message, to, toInstance: peer.instance, seq });
    }
  }
}
