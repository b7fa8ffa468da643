/**
 * The relay process.
 *
 * @module
 */
import { every, systemClock } from '@sallygate/base/clock'
import { createLog } from '@sallygate/base/log'
import { runProcess, writeStatus } from '@sallygate/base/process'
import { readSettingsFile, settingsPathFromArguments } from '@sallygate/base/settings-file'
import { relaySettings, startRelay, type Relay, type RelaySettings } from './index.ts'

const statusEveryMs = 5000
const log = createLog({ part: 'relay' })

function tellStatus(settings: RelaySettings, relay: Relay, since: string): void {
  if (settings.statusFile === undefined) return
  const { status, ...facts } = relay.status()
  try {
    writeStatus(settings.statusFile, {
      part: 'relay',
      pid: process.pid,
      state: status === 'ok' && facts.certificateDaysLeft >= 0 ? 'up' : 'degraded',
      since,
      facts: { ...facts, status, url: relay.url, port: relay.port, internalPort: relay.internalPort },
    })
  } catch (error) {
    // A full disk takes the status away, not the relay.
    log.warn('status not written', { error })
  }
}

await runProcess(
  async () => {
    const settings = relaySettings.parse([readSettingsFile(settingsPathFromArguments())])
    const chosen = createLog({ part: 'relay', level: settings.logLevel })
    const relay = await startRelay({ settings, clock: systemClock, log: chosen })
    const { warning } = relay.status()
    if (warning !== undefined) process.stderr.write(`\u001b[31m${warning}\u001b[0m\n`)
    const since = systemClock.now().toISOString()
    tellStatus(settings, relay, since)
    const telling = every(systemClock, statusEveryMs, () => tellStatus(settings, relay, since))
    return {
      async stop() {
        telling.cancel()
        const stopped = relay.stop()
        tellStatus(settings, relay, since)
        await stopped
        chosen.flush()
      },
    }
  },
  { log, followStdin: true },
)
