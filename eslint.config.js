import js from "@eslint/js";
import jsdoc from "eslint-plugin-jsdoc";
import globals from "globals";
import tseslint from "typescript-eslint";

/** Ways to turn a string into markup: names from the network would become elements. */
const MARKUP_FROM_STRINGS = [
  ...["innerHTML", "outerHTML"].map((name) => ({
    selector: `AssignmentExpression > MemberExpression.left[property.name="${name}"]`,
    message: `Build elements with <template> and textContent, not with ${name}.`,
  })),
  ...["insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment", "parseHTMLUnsafe"].map(
    (name) => ({
      selector: `CallExpression > MemberExpression.callee[property.name="${name}"]`,
      message: `Build elements with <template> and textContent, not with ${name}.`,
    }),
  ),
  {
    selector:
      'CallExpression > MemberExpression.callee[object.name="document"][property.name=/^write/]',
    message: "Build elements with <template> and textContent, not with document.write.",
  },
];

const ONE_HANDLER_ONLY = {
  selector: "AssignmentExpression > MemberExpression.left[property.name=/^on[a-z]+$/]",
  message: "Use addEventListener with a signal: a handler property holds one listener only.",
};

const PAGE_GLOBALS = ["document", "window", "customElements", "localStorage"].map((name) => ({
  name,
  message: "Models know no page: take what is needed as a parameter.",
}));

export default [
  { ignores: ["node_modules/", ".venv/", "instance/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  jsdoc.configs["flat/recommended-typescript-flavor-error"],
  {
    plugins: { "@typescript-eslint": tseslint.plugin },
    rules: {
      complexity: ["error", 10],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-depth": ["error", 3],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "no-alert": "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-syntax": ["error", ...MARKUP_FROM_STRINGS, ONE_HANDLER_ONLY],
      "no-script-url": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      "jsdoc/require-jsdoc": ["error", { publicOnly: true, require: { ClassDeclaration: true } }],
      // A name and a type often say all; a sentence that repeats them says less.
      "jsdoc/require-param-description": "off",
      "jsdoc/require-returns-description": "off",
      "jsdoc/require-property-description": "off",
      "jsdoc/require-returns": ["error", { publicOnly: true, checkGetters: false }],
      "jsdoc/require-param": ["error", { checkDestructured: false }],
      // The type checker knows every type, also those of the browser, and reads all of the syntax.
      "jsdoc/no-undefined-types": "off",
      "jsdoc/valid-types": "off",
      "jsdoc/reject-any-type": "error",
      "jsdoc/tag-lines": ["error", "any", { startLines: null }],
    },
  },
  {
    files: ["static/js/**/*.js"],
    languageOptions: {
      globals: globals.browser,
      parser: tseslint.parser,
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
    },
  },
  {
    files: ["static/js/{signalling,webrtc,transfer,visit,room,verification}/**/*.js"],
    rules: { "no-restricted-globals": ["error", ...PAGE_GLOBALS] },
  },
  {
    files: ["service-worker.js"],
    languageOptions: {
      globals: globals.serviceworker,
      parser: tseslint.parser,
      parserOptions: { project: "./tsconfig.worker.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: { "@typescript-eslint/no-floating-promises": "error" },
  },
  {
    files: ["tests/js/**/*.js"],
    languageOptions: { globals: { ...globals.node } },
    rules: { "max-lines": "off", "jsdoc/require-jsdoc": "off", "jsdoc/require-returns": "off" },
  },
  {
    files: ["eslint.config.js"],
    languageOptions: { globals: globals.node },
  },
];
