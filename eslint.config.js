import tseslint from 'typescript-eslint';

/** Globals of the scripts that run in browsers. */
const browser = Object.fromEntries(
  [
    'document',
    'window',
    'location',
    'fetch',
    'EventSource',
    'DOMParser',
    'CustomEvent',
    'FormData',
    'URLSearchParams',
    'URL',
    'navigator',
    'history',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'HTMLElement',
    'getComputedStyle',
    'Event',
    'KeyboardEvent',
    'requestAnimationFrame',
    'localStorage',
    'sessionStorage',
  ].map((name) => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'data', 'coverage'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Unbound arrow-like functions of libraries are handed around on purpose.
      '@typescript-eslint/unbound-method': 'off',
      // `async` on a function that must answer a promise says so better than Promise.resolve does.
      '@typescript-eslint/require-await': 'off',
      // EntitySchema takes plain options by design: no class stands behind them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `get<T>()` says what the caller knows of a JSON answer or an id.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/web/assets/js/**/*.js'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: browser },
    rules: { 'no-undef': 'error', eqeqeq: 'error' },
  },
);
