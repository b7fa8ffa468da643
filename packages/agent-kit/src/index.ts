/**
 * Reaching a back-end from inside the network: what every agent needs and none owns.
 *
 * Time limits, TCP, TLS with verified names, and what a check says of them. It stops where a
 * protocol begins, and knows problems by kind: each service says them with failures of its own.
 *
 * @module
 */
export * from './abortable.ts'
export * from './approach.ts'
export * from './authorities.ts'
export * from './certificate-finding.ts'
export * from './connection-failures.ts'
export * from './secure.ts'
export * from './settled.ts'
export * from './step-rows.ts'
export * from './tcp.ts'
export * from './time-limit.ts'
export * from './tls-problem.ts'
