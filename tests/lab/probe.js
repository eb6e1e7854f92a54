/* global RTCPeerConnection, WebSocket, navigator, setInterval */
/**
 * Goes into every page of the lab before the page's own scripts. It notes what the page's connections and sockets carry,
 * and asks the fake camera for a picture that two cores can encode and decode twice. Times are milliseconds of Date.now,
 * the same on every page of the machine.
 */
(() => {
  const SAMPLE_MILLISECONDS = 200;
  const CAPTURE = { width: { ideal: 640 }, height: { ideal: 360 } };

  /** @type {RTCPeerConnection[]} */
  const peers = [];
  /** @type {object[]} */
  const samples = [];
  /** @type {{ at: number, type: string }[]} */
  const signals = [];
  /** @type {{ at: number, peer: number, what: string, text: string }[]} */
  const negotiation = [];

  const note = (/** @type {RTCPeerConnection} */ peer, what, text) =>
    negotiation.push({ at: Date.now(), peer: peers.indexOf(peer), what, text });
  const fragment = (/** @type {string | undefined} */ sdp) =>
    /^a=ice-ufrag:(\S+)/m.exec(sdp ?? "")?.[1] ?? "";

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...configuration) {
      super(...configuration);
      peers.push(this);
      this.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate) note(this, "made candidate", candidate.candidate);
      });
    }

    async setLocalDescription(...description) {
      await super.setLocalDescription(...description);
      note(this, `made ${this.localDescription.type}`, fragment(this.localDescription.sdp));
    }

    async setRemoteDescription(description) {
      await super.setRemoteDescription(description);
      note(this, `took ${description.type}`, fragment(description.sdp));
    }

    async addIceCandidate(candidate) {
      await super.addIceCandidate(candidate);
      if (candidate?.candidate) note(this, "took candidate", candidate.candidate);
    }
  };

  globalThis.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", ({ data }) => {
        signals.push({ at: Date.now(), type: JSON.parse(data).type });
      });
    }
  };

  const { mediaDevices } = navigator;
  if (mediaDevices) {
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = ({ audio, video }) =>
      ask({ audio, video: video && { ...video, ...CAPTURE } });
  }

  const livePeer = () => peers.findLast(({ connectionState }) => connectionState !== "closed");

  const sum = (/** @type {object[]} */ reports, /** @type {string} */ name) =>
    reports.reduce((total, report) => total + (report[name] ?? 0), 0);

  async function sample() {
    const peer = livePeer();
    if (!peer) return;
    const reports = [...(await peer.getStats()).values()];
    const received = reports.filter(({ type }) => type === "inbound-rtp");
    const sound = received.filter(({ kind }) => kind === "audio");
    const picture = received.filter(({ kind }) => kind === "video");
    const [shown] = picture.filter(({ frameHeight }) => frameHeight);
    samples.push({
      at: Date.now(),
      peer: peers.indexOf(peer),
      state: peer.connectionState,
      frames: sum(picture, "framesDecoded"),
      pixels: shown ? shown.frameWidth * shown.frameHeight : 0,
      packets: sum(sound, "packetsReceived"),
      lost: sum(sound, "packetsLost"),
      samples: sum(sound, "totalSamplesReceived"),
      concealed: sum(sound, "concealedSamples"),
      silent: sum(sound, "silentConcealedSamples"),
      bytes: sum(received, "bytesReceived"),
      energy: sum(sound, "totalAudioEnergy"),
    });
  }
  setInterval(() => void sample(), SAMPLE_MILLISECONDS);

  /** @returns {Promise<object | null>} What carries the connection */
  async function route() {
    const stats = await livePeer()?.getStats();
    const reports = stats ? [...stats.values()] : [];
    const transport = reports.find(({ type }) => type === "transport");
    const pair = stats?.get(transport?.selectedCandidatePairId);
    if (!pair) return null;
    const typeOf = (/** @type {string} */ id) => stats.get(id).candidateType;
    return {
      local: typeOf(pair.localCandidateId),
      remote: typeOf(pair.remoteCandidateId),
      roundTrip: pair.currentRoundTripTime ?? 0,
    };
  }

  const since = (list, /** @type {number} */ at) => list.filter((entry) => entry.at >= at);
  globalThis.lab = {
    samples: (/** @type {number} */ at) => since(samples, at),
    signals: (/** @type {number} */ at) => since(signals, at),
    negotiation: (/** @type {number} */ at) => since(negotiation, at),
    route,
  };
})();
