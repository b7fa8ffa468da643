/**
 * The console process.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import { readSettingsFile, settingsPathFromArguments } from '@sallygate/base/settings-file'
import { consoleSettings, startConsole } from './index.ts'

const log = createLog({ part: 'console' })
await runProcess(
  () =>
    startConsole(consoleSettings.parse([readSettingsFile(settingsPathFromArguments())]), {
      clock: systemClock,
      log,
      environment: process.env,
    }),
  { log, followStdin: true },
)
