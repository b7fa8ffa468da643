/**
 * `node authority-connector.ts --settings FILE`: a connector as a process, with the *simulated* authority beside its directory
 * service. A file `fault` in its home says where it dies; it is gone by then, so the next process lives.
 *
 * @module
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import { settingsPathFromArguments } from '@sallygate/base/settings-file'
import { readConnectorSettings, startConnector } from '@sallygate/connector'
import { directoryService } from '@sallygate/service-directory/agent'
import { simulatedAuthority, type Fault } from './simulated-authority.ts'

const log = createLog({ part: 'connector' })

await runProcess(
  async () => {
    const settings = readConnectorSettings(settingsPathFromArguments())
    const file = join(settings.home, 'fault')
    const fault = (): Fault => {
      if (!existsSync(file)) return 'none'
      const wanted = readFileSync(file, 'utf8') as Fault
      rmSync(file)
      return wanted
    }
    return startConnector(settings, { log, services: [directoryService, simulatedAuthority(fault)] })
  },
  { log, followStdin: true },
)
