/**
 * The directory agent: what the connector runs.
 *
 * @module
 */
import { defineService } from '@sallygate/service-kit'
import { directoryContract } from '../contract.ts'
import { authenticate } from './authenticate.ts'
import { checkDirectory } from './check.ts'
import { Directory } from './directory.ts'
import { LookUp } from './look-up.ts'
import { ServiceRecord } from './record.ts'
import { statusOf } from './service-status.ts'
import { SetUp } from './set-up.ts'
import { Sync } from './sync.ts'

export const directoryService = defineService(directoryContract, async (settings, host) => {
  const directory = new Directory(settings, host)
  const { dialer, servers, connections } = directory
  const lookUp = new LookUp(directory)
  const record = new ServiceRecord(host.clock)
  const sync = new Sync(dialer, servers)
  const setUp = new SetUp(directory, host)
  /** What somebody tries out says nothing about the settings in force. */
  const tried = <T>(params: { readonly settings?: unknown }, step: () => Promise<T>) =>
    params.settings === undefined ? record.watched(step) : step()
  const signIn = {
    dialer,
    servers,
    findUser: (...asked: Parameters<LookUp['findUser']>) => lookUp.findUser(...asked),
  }
  return {
    operations: {
      check: (_params, context) => record.watched(async () => ({ rows: [...(await checkDirectory(dialer, context))] })),
      authenticate: (params, context) => record.signIn(() => authenticate(signIn, params, context)),
      search: (params, context) => record.lookUp(() => lookUp.search(params, context)),
      bases: (params, context) => tried(params, () => setUp.bases(params, context)),
      preview: (params, context) => tried(params, () => setUp.preview(params, context)),
      servers: (params, context) => setUp.servers(params, context),
      status: async () => statusOf(directory, record),
      syncStart: (params, context) => record.watched(() => sync.start(params, context)),
      syncPage: (params, context) => record.watched(() => sync.page(params, context)),
    },
    health: () => record.health(servers.failure),
    async stop() {
      sync.stop()
      lookUp.stop()
      connections.stop()
    },
  }
})
