/**
 * Find a part of an element by its `data-part`.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} name
 * @param {{ new (): T }} [type]
 * @returns {T}
 * @throws {TypeError} The markup lacks the part, or it is of another type
 */
export function part(root, name, type) {
  const found = root.querySelector(`[data-part="${name}"]`);
  const Type = type ?? HTMLElement;
  if (!(found instanceof Type)) throw new TypeError(`part ${name} is missing`);
  return /** @type {T} */ (found);
}

/**
 * Let a click on a part do something.
 * @param {ParentNode} root
 * @param {string} name
 * @param {() => unknown} action
 * @param {AbortSignal} [signal]  Ends it; without one it ends with the part
 */
export function onClick(root, name, action, signal) {
  part(root, name).addEventListener("click", () => void action(), signal && { signal });
}

/**
 * Set a text only when it changes, so that a live region does not speak twice.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
