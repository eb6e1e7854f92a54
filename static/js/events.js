/**
 * An `EventTarget` whose events and their details are known to the type checker.
 *
 * @template {object} Details maps the name of each event to the type of its `detail`
 * @typedef {{
 *   addEventListener<Name extends keyof Details & string>(
 *     type: Name,
 *     listener: (event: CustomEvent<Details[Name]>) => void,
 *     options?: AddEventListenerOptions,
 *   ): void,
 * } & EventTarget} TypedTarget
 */

/**
 * The browser's `EventTarget` under a type that knows the events. Extend it and say
 * `@augments {TypedEventTarget<MyEvents>}`; at run time it is `EventTarget` and nothing else.
 */
export const TypedEventTarget =
  /** @type {{ new <Details extends object>(): TypedTarget<Details> }} */ (
    /** @type {unknown} */ (EventTarget)
  );
