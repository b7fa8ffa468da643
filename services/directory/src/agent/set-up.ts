/**
 * Setting up: the questions of somebody who is still writing the settings.
 *
 * Settings that come with a question are used for it alone, on a connection of its own.
 * The policy file has its say as ever: every server goes through `host.target`.
 *
 * @module
 */
import type { OperationContext, ParamsOf } from '@sallygate/service-kit'
import {
  settledDraft,
  type BasesResult,
  type DirectoryContract,
  type DraftSettings,
  type PreviewResult,
  type ServersResult,
} from '../contract.ts'
import { basesBelow, namingContexts } from './bases.ts'
import { Directory, type DirectoryHost } from './directory.ts'
import { findServers } from './find-servers.ts'
import { previewEntry } from './preview.ts'
import { EntryReader } from './read-entries.ts'
import { serverLabel } from './server-entry.ts'

type Params<K extends 'bases' | 'preview' | 'servers'> = ParamsOf<DirectoryContract, K>

export class SetUp {
  readonly #inForce: Directory
  readonly #host: DirectoryHost

  constructor(inForce: Directory, host: DirectoryHost) {
    this.#inForce = inForce
    this.#host = host
  }

  bases(params: Params<'bases'>, context: OperationContext): Promise<BasesResult> {
    return this.#read(params.settings, context, async (reader) => ({
      server: reader.server,
      ...(params.below === undefined
        ? await namingContexts(reader, context)
        : await basesBelow(reader, params.below, params.limit, context)),
    }))
  }

  preview(params: Params<'preview'>, context: OperationContext): Promise<PreviewResult> {
    return this.#read(params.settings, context, (reader, { dialer }) =>
      previewEntry(dialer.plan, reader, params, context),
    )
  }

  async servers({ settings }: Params<'servers'>, context: OperationContext): Promise<ServersResult> {
    const draft = settings ?? this.#inForce.dialer.plan.settings
    const found = await findServers(draft, this.#host, context)
    const { discovery } = draft
    return {
      ...(discovery === undefined ? {} : { domain: discovery.domain }),
      ...(found.site === undefined ? {} : { site: found.site }),
      ...(found.siteFailure === undefined ? {} : { siteFailure: found.siteFailure }),
      questions: [...found.questions],
      servers: found.entries.slice(0, 64).map(({ server, from, isBackup, priority, weight }) => ({
        server: serverLabel(server),
        host: server.host,
        port: server.port,
        from,
        isBackup,
        ...(priority === undefined ? {} : { priority }),
        ...(weight === undefined ? {} : { weight }),
      })),
    }
  }

  async #read<T>(
    draft: DraftSettings | undefined,
    context: OperationContext,
    step: (reader: EntryReader, directory: Directory) => Promise<T>,
  ): Promise<T> {
    if (draft !== undefined) {
      const own = new Directory(settledDraft(draft), this.#host)
      return own.once(context, (connection) => step(new EntryReader(own.dialer, connection, context), own))
    }
    const inForce = this.#inForce
    return inForce.onConnection(context, async (connection) => {
      const answer = await step(new EntryReader(inForce.dialer, connection, context), inForce)
      inForce.connections.release(connection)
      return answer
    })
  }
}
