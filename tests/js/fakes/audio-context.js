/** An audio device whose sound a test decides: every sample has the same value. */
export class FakeAudioContext extends EventTarget {
  /** @type {FakeAudioContext[]} */
  static made = [];
  /** @type {AudioContextState} */
  static firstState = "running";

  /** @type {AudioContextState} */
  state = FakeAudioContext.firstState;
  sample = 0;
  /** Sources that are connected. */
  connected = 0;

  constructor() {
    super();
    FakeAudioContext.made.push(this);
  }

  createMediaStreamSource() {
    return {
      connect: () => {
        this.connected += 1;
      },
      disconnect: () => {
        this.connected -= 1;
      },
    };
  }

  createAnalyser() {
    return {
      fftSize: 2048,
      getFloatTimeDomainData: (/** @type {Float32Array} */ samples) => {
        samples.fill(this.state === "running" ? this.sample : 0);
      },
    };
  }

  async resume() {
    if (this.state === "closed") throw new DOMException("closed", "InvalidStateError");
  }

  async close() {
    this.state = "closed";
  }
}
