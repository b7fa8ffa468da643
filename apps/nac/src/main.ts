/**
 * The nac process.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import { readSettingsFile, settingsPathFromArguments } from '@sallygate/base/settings-file'
import { nacSettings, startNac } from './index.ts'

const log = createLog({ part: 'nac' })
await runProcess(
  async () => startNac(nacSettings.parse([readSettingsFile(settingsPathFromArguments())]), { clock: systemClock, log }),
  { log, followStdin: true },
)
