/**
 * Syslog: messages (RFC 5424, RFC 3164), CEF, LEEF 2.0, templates, and framing (RFC 6587, 5425). No input or output.
 *
 * @module
 */
export * from './cef.ts'
export * from './failures.ts'
export * from './framing.ts'
export * from './leef.ts'
export * from './line.ts'
export * from './rfc3164.ts'
export * from './rfc5424.ts'
export * from './severity.ts'
export * from './template.ts'
export * from './text.ts'
