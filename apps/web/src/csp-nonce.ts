/**
 * The nonce of this page: without it, the browser applies no style that a script adds.
 *
 * @module
 */

export const cspNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

// The library that keeps the page behind a dialog from scrolling reads it from here, by bundlers' convention.
Object.assign(globalThis, { __webpack_nonce__: cspNonce })
