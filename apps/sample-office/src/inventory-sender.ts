/**
 * Sends the inventories of the sample office's machines to whoever takes inventories of FusionInventory agents.
 *
 * It tries until it is heard, and comes again like an agent does, so that nobody goes stale.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import { readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { inventoryOf, sampleDevices } from './devices.ts'

export interface SenderOptions {
  readonly url: string
  /** Whose first line is the secret; it may come later than we do. */
  readonly secretFile: string
  readonly clock: Clock
  readonly log: Log
}

const tryEveryMs = 500
const againAfterMs = 8 * 3_600_000

export function startInventorySender(options: SenderOptions): Timer {
  const { clock, log } = options
  let isBusy = false
  let nextMs = 0
  let failures = 0
  const look = async () => {
    if (isBusy || clock.monotonicMs() < nextMs || !existsSync(options.secretFile)) return
    isBusy = true
    try {
      await sendAll(options)
      nextMs = clock.monotonicMs() + againAfterMs
      failures = 0
      log.info('inventories sent: simulated machines', { devices: sampleDevices.length })
    } catch (error) {
      nextMs = clock.monotonicMs() + Math.min(60_000, tryEveryMs * 2 ** failures++)
      log.debug('inventories not sent', { error })
    } finally {
      isBusy = false
    }
  }
  return every(clock, tryEveryMs, () => void look())
}

async function sendAll({ url, secretFile }: SenderOptions): Promise<void> {
  const secret = readPrivateFile(secretFile).toString('utf8').split(/\r?\n/, 1)[0] ?? ''
  const authorization = `Basic ${Buffer.from(`inventory:${secret}`).toString('base64')}`
  for (const device of sampleDevices) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/xml' },
      body: inventoryOf(device),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
  }
}
