/** Most exchanges of one page with changed certificates (architecture.md, "Verification"). */
export const CHANGED_EXCHANGES = 5;

/**
 * Counts exchanges with changed certificates, for one page and each seat: whoever stands in between could otherwise try
 * certificates until the digits happen to agree.
 */
export class ExchangeBudget {
  /** @type {Map<string, { certificates: string, changes: number }>} */
  #seats = new Map();

  /**
   * Count an exchange that begins.
   *
   * @param {string} seat of the other side
   * @param {string} certificates of both sides, in any form that tells them apart
   * @returns {boolean} Whether it may go on
   */
  spend(seat, certificates) {
    const last = this.#seats.get(seat) ?? { certificates, changes: 0 };
    const changes = last.changes + (last.certificates === certificates ? 0 : 1);
    this.#seats.set(seat, { certificates, changes });
    return changes <= CHANGED_EXCHANGES;
  }
}
