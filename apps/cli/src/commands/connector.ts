/**
 * `sallygate connector`: the connectors of a group, as the console sees them, and the one on this host.
 *
 * `list`, `show`, `revoke`, `code` and `installer` ask the console; `enroll`, `run` and
 * `check` work on the host where the connector lives and need no console address.
 *
 * @module
 */
import type { Command } from 'commander'
import { addConnectorAdministration } from './connector-administration.ts'
import { addConnectorHost } from './connector-host.ts'

export function addConnector(program: Command): void {
  const connector = program
    .command('connector')
    .description('connectors: list, invite, revoke; and enroll, run, check on their host')
  addConnectorAdministration(connector)
  addConnectorHost(connector)
}
