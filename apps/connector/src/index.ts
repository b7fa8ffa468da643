/**
 * The connector: runs inside the network, only dials out.
 *
 * The door for programs that put it to work: the command line, and tests.
 *
 * @module
 */
export { checkConnector, type CheckOptions } from './check.ts'
export { startConnector, type Connector, type ConnectorOptions } from './connector.ts'
export { enrollConnector, secretFromFile, type EnrollOptions, type EnrollWith } from './enroll.ts'
export { connectorFailure } from './failures.ts'
export { homeAt, type Home } from './home.ts'
export { keepHostSettings, readHostSettings } from './host-settings.ts'
export type { Enrollment } from './identity.ts'
export { policyTemplate } from './policy-template.ts'
export { connectorSettings, readConnectorSettings, type ConnectorSettings } from './settings.ts'
export { readConnectorStatus, type ConnectorFacts, type ConnectorStatus } from './status.ts'
