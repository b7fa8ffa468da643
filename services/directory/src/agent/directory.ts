/**
 * One directory as its settings describe it: plan, servers, shared connections.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import type { DirectorySettings } from '../contract.ts'
import { BindRest } from './bind-rest.ts'
import { Connections, type Connection } from './connections.ts'
import { dialAndBind, type Dialer } from './dial.ts'
import { planDirectory } from './plan.ts'
import { probeServer } from './probe.ts'
import { SettingsServers } from './server-source.ts'
import { ServerList } from './servers.ts'

export type DirectoryHost = Pick<ServiceHost, 'clock' | 'log' | 'signal' | 'target' | 'locate'>

export class Directory {
  readonly dialer: Dialer
  readonly source: SettingsServers
  readonly servers: ServerList
  readonly connections: Connections

  /** @throws DIRECTORY_SETTING_INVALID. */
  constructor(settings: DirectorySettings, host: DirectoryHost) {
    const { clock, log, signal } = host
    this.dialer = { plan: planDirectory(settings), host, bindRest: new BindRest(clock) }
    this.source = new SettingsServers(settings, host)
    this.servers = new ServerList({
      source: this.source,
      clock,
      log,
      probe: (server) => probeServer(this.dialer, server, signal),
    })
    this.connections = new Connections(this.dialer, this.servers)
  }

  /**
   * Runs on a shared connection; once more on a new one if an old one turned out to have gone.
   *
   * Whoever ends well gives the connection back; after a failure it is done here.
   */
  async onConnection<T>(context: OperationContext, step: (connection: Connection) => Promise<T>): Promise<T> {
    for (;;) {
      const connection = await this.connections.take(context)
      const wasUsed = connection.isReused
      try {
        return await step(connection)
      } catch (error) {
        this.connections.release(connection)
        if (wasUsed && error instanceof Failure && error.code === 'DIRECTORY_CONNECTION_LOST') continue
        this.#hold(connection.label, error)
        throw error
      }
    }
  }

  /** Runs on a connection of its own, for settings nobody has saved: nothing of it stays. */
  async once<T>(context: OperationContext, step: (connection: Connection) => Promise<T>): Promise<T> {
    const dialed = await this.servers.reach(context, (server) => dialAndBind(this.dialer, server, context))
    try {
      return await step({ ...dialed, openedMs: this.dialer.host.clock.monotonicMs(), isReused: false })
    } finally {
      dialed.session.close()
    }
  }

  #hold(label: string, error: unknown): void {
    if (!(error instanceof Failure)) return
    if (brokenCodes.has(error.code)) this.servers.suspect(label, error)
    else if (error.code === 'DIRECTORY_TIME_OUT') this.servers.doubt(label)
  }
}

const brokenCodes = new Set(['DIRECTORY_CONNECTION_LOST', 'DIRECTORY_PROTOCOL_VIOLATION', 'DIRECTORY_SERVER_BUSY'])
