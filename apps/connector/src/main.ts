/**
 * `node main.ts --settings FILE`: one connector as a process. It composes and does nothing else.
 *
 * @module
 */
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import { settingsPathFromArguments } from '@sallygate/base/settings-file'
import { startConnector } from './connector.ts'
import { kerberosEnvironment } from './kerberos-environment.ts'
import { readConnectorSettings } from './settings.ts'

let log = createLog({ part: 'connector' })

await runProcess(
  async () => {
    const settings = readConnectorSettings(settingsPathFromArguments())
    if (settings.logLevel !== 'info') log = createLog({ part: 'connector', level: settings.logLevel })
    // Before anything of Kerberos is loaded, which is when its library looks.
    Object.assign(process.env, kerberosEnvironment(settings.home, process.env))
    const connector = await startConnector(settings, { log, environment: process.env })
    // Besides the poll, for whoever is used to it.
    process.on('SIGHUP', () => connector.reloadPolicy())
    return connector
  },
  { log, followStdin: true },
)
