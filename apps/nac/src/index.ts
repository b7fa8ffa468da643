/**
 * nac: what Cisco ISE and other NACs ask.
 *
 * It answers from a read-model in its memory that it also keeps in a file of its own.
 * Relay, connectors and console may all be gone: the answers stay, with their age.
 *
 * @module
 */
import { join } from 'node:path'
import { fromBase64Url } from '@sallygate/base/bytes'
import { ensurePrivateDirectory, readPrivateFile } from '@sallygate/base/file'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { writeStatus, type Running } from '@sallygate/base/process'
import { consoleMark } from '@sallygate/domain'
import { ActionDesk } from './actions/action-desk.ts'
import { ActionJournal } from './actions/action-journal.ts'
import { HandOver } from './actions/hand-over.ts'
import { Authenticator } from './accounts/authenticator.ts'
import type { AskDirectory } from './accounts/directory-verdicts.ts'
import { KnownNodes } from './accounts/known-nodes.ts'
import { Activity } from './activity/activity.ts'
import { Alarms } from './activity/alarms.ts'
import { Metrics } from './activity/metrics.ts'
import { Reporter } from './activity/reporter.ts'
import { IseAnswers } from './answers/ise.ts'
import { UemAnswers } from './answers/uem.ts'
import { CertificateKeeper } from './certificate-keeper.ts'
import { readConsoleFile } from './feed/console-file.ts'
import { ConsoleLink } from './feed/console-link.ts'
import { feedFailure } from './feed/failures.ts'
import { FeedReader } from './feed/feed-reader.ts'
import { Door } from './http/door.ts'
import { listen } from './http/listener.ts'
import { Load } from './http/load.ts'
import { openModel } from './read-model/model-file.ts'
import type { NacSettings } from './settings.ts'

export { nacSettings, type NacSettings } from './settings.ts'

export const version = '0.1.0'

/** An answer that is older than this is still given, but health says so. */
const staleAfterMs = 15 * 60_000

export interface Nac extends Running {
  readonly url: string
}

export interface NacHost {
  readonly clock: Clock
  readonly log: Log
  /** How late this process may be before it refuses; for tests, whose process is not nac's alone. */
  readonly mostLateMs?: number
}

/** @throws FILE_*, LISTEN_*, NAC_LINK_FILE_MALFORMED, NAC_STORE_MODEL_FOREIGN. */
export async function startNac(settings: NacSettings, host: NacHost): Promise<Nac> {
  const { clock, log } = host
  const upSince = clock.now().toISOString()
  ensurePrivateDirectory(settings.home)
  const console_ = settings.consoleFile === undefined ? undefined : readConsoleFile(settings.consoleFile)
  const link = console_ === undefined ? undefined : new ConsoleLink(console_)
  const path = join(settings.home, 'read-model.log')
  const opened = openModel({ path, console: console_?.keyText ?? 'none', clock, log })
  let model = opened.model
  const journal = new ActionJournal(join(settings.home, 'actions.log'), log)
  const activity = new Activity(clock)
  const alarms = new Alarms(clock)
  const load = new Load(clock, host.mostLateMs)
  const certificate = new CertificateKeeper({
    clock,
    log,
    certificateFile: settings.tlsCertificateFile,
    privateKeyFile: settings.tlsPrivateKeyFile,
    link,
  })
  const handOver = link === undefined ? undefined : new HandOver({ clock, log, journal, link })
  const desk = new ActionDesk({ clock, journal, facts: () => model.facts, onAsked: () => handOver?.wake() })
  const reader =
    console_ === undefined || link === undefined
      ? undefined
      : new FeedReader({
          clock,
          log,
          console: console_,
          link,
          file: opened.file,
          model,
          onNewModel: (next) => (model = next),
        })
  const ageMs = () => (model.cursor === undefined ? undefined : clock.now().getTime() - model.cursor.asOfMs)
  const metrics = new Metrics(() => ({
    devices: model.devices.size,
    nonCompliant: model.devices.nonCompliant,
    ageSeconds: optionalSeconds(ageMs()),
    certificateSecondsLeft: Math.round((certificate.notAfter.getTime() - clock.now().getTime()) / 1000),
    waitingActions: journal.waiting.length,
  }))
  const health = () => {
    const age = ageMs()
    const failure = console_ === undefined ? feedFailure('FILE_MALFORMED').toJSON() : reader?.state.failure
    const isWell = failure === undefined && opened.repaired === undefined && age !== undefined && age < staleAfterMs
    return {
      status: age === undefined ? 'failed' : isWell ? 'ok' : 'degraded',
      version,
      upSince,
      ageSeconds: optionalSeconds(age),
      feed: failure?.code ?? 'ok',
      ...(opened.repaired === undefined ? {} : { readModel: opened.repaired }),
    }
  }
  const nodes = new KnownNodes({ path: join(settings.home, 'nodes.json'), clock, log })
  const authenticator = new Authenticator({ clock, model: () => model, askDirectory: directoryOver(link), nodes })
  const answers = { model: () => model, desk, version }
  const door = new Door({
    clock,
    log,
    model: () => model,
    authenticator,
    ise: new IseAnswers({
      ...answers,
      busySeconds: () => load.busySeconds,
      fallbackRedirect: () => `${console_?.url.origin ?? ''}/enroll-device`,
    }),
    uem: new UemAnswers(answers),
    activity,
    alarms,
    metrics,
    load,
    consoleMark: console_ === undefined ? undefined : consoleMark(fromBase64Url(console_.keyText)),
    metricsToken:
      settings.metricsTokenFile === undefined
        ? undefined
        : readPrivateFile(settings.metricsTokenFile).toString('utf8').trim(),
    health,
  })
  const listener = await listen({
    host: settings.host,
    port: settings.port,
    ...certificate.pair,
    asksForCertificates: settings.asksForCertificates,
    log,
    serve: (request, response) => door.serve(request, response),
  })
  const url = `https://${settings.host}:${listener.port}`
  const reporter =
    link === undefined
      ? undefined
      : new Reporter({
          clock,
          log,
          link,
          alarms,
          report: () => ({
            version,
            upSince,
            url: settings.publicUrl ?? url,
            certificate: certificate.pem,
            devices: model.devices.size,
            nonCompliant: model.devices.nonCompliant,
            ageSeconds: optionalSeconds(ageMs()) ?? -1,
            through: model.cursor?.through ?? 0,
            memoryBytes: process.memoryUsage.rss(),
            waitingActions: journal.waiting.length,
            nodes: activity.list().slice(0, 200),
          }),
        })
  certificate.start((pair) => listener.replaceCertificate(pair))
  reader?.start()
  reporter?.start()
  handOver?.wake()
  const status = { part: 'nac', pid: process.pid, state: 'up', since: upSince, facts: { url } } as const
  writeStatus(join(settings.home, 'status.json'), status)
  log.info('nac is up', { url, devices: model.devices.size, ageSeconds: optionalSeconds(ageMs()) })
  return {
    url,
    async stop() {
      certificate.stop()
      load.stop()
      nodes.save()
      await listener.close()
      // The link first: whoever waits for an answer of the console must not hold up the end.
      link?.close()
      await Promise.all([reader?.stop(), reporter?.stop(), handOver?.stop()])
      opened.file.close()
    },
  }
}

function directoryOver(link: ConsoleLink | undefined): AskDirectory {
  return async (account, { user, password }, source) => {
    if (link === undefined) throw feedFailure('UNREACHABLE')
    const body = { account: account.id, user, password: password.reveal(), source }
    const answer = await link.ask({ method: 'POST', path: '/api/nac/verify', body, timeoutMs: 8000 })
    return (answer as { readonly accepted?: unknown }).accepted === true
  }
}

function optionalSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.max(0, Math.round(ms / 1000))
}
