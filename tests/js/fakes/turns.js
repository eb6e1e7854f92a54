const PATIENCE_MILLISECONDS = 5000;

/**
 * Let some turns of the event loop pass: whatever is under way between two pages comes to rest.
 * @param {number} [turns]
 */
export async function rest(turns = 60) {
  for (let count = 0; count < turns; count += 1) {
    await new Promise((resolve) => void setImmediate(() => resolve(null)));
  }
}

/**
 * Wait until something is so; hashes are computed on other threads and take their time.
 * @param {() => unknown} condition
 */
export async function until(condition) {
  // `Date` and `setTimeout` may be those of a test.
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came true: ${condition.toString()}`);
    await rest(1);
  }
}
