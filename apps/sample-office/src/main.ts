/**
 * The sample office process.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import { readSettingsFile, settingsPathFromArguments } from '@sallygate/base/settings-file'
import { sampleOfficeSettings, startSampleOffice } from './index.ts'

const log = createLog({ part: 'sample-office' })
await runProcess(
  async () => {
    const settings = sampleOfficeSettings.parse([readSettingsFile(settingsPathFromArguments())])
    return startSampleOffice(settings, { log, since: systemClock.now() })
  },
  { log, followStdin: true },
)
