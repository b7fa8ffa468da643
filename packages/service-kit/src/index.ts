/**
 * Service-kit: what every enterprise service is made of.
 *
 * A contract says what can be asked and is imported by both ends; an agent does it
 * and lives in the connector only. Nothing in this package does I/O.
 *
 * @module
 */
export * from './answer.ts'
export * from './check.ts'
export * from './context.ts'
export * from './contract.ts'
export * from './failures.ts'
export * from './lane.ts'
export * from './life.ts'
export * from './operation-table.ts'
export * from './reconcile.ts'
export * from './service.ts'
export * from './settings.ts'
export * from './trace.ts'
