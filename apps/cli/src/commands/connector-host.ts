/**
 * The connector of this host: enroll it, run it, find out what is wrong with it.
 *
 * Nothing here needs the console's address or an API key.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { cliFailure } from '../failures.ts'
import { paint, print, printJson, say } from '../output.ts'
import { askSecret, secretFromFile } from '../secret-input.ts'

const defaultConnectorHome = '.sallygate/connector'

interface HostFlags {
  readonly home: string
  readonly json?: boolean
}

export function addConnectorHost(connector: Command): void {
  onHost(connector.command('enroll').description('make this host a connector, with a code or an installer'))
    .option('--code-file <file>', 'file with the enrollment code (mode 0600)')
    .option('--installer <file>', 'installer downloaded from the console')
    .option('--password-file <file>', 'certificate password of the installer (mode 0600); without it you are asked')
    .option('--relay <url>', 'address of the relay, https://relay.example/awcm; an installer brings it')
    .option('--relay-ca <file>', 'authorities (PEM) for the relay’s certificate, if the system does not know them')
    .option('--proxy <url>', 'proxy to reach the relay through, http://host:port')
    .option('--proxy-pac <place>', 'PAC file that names the proxy, as path or address')
    .option('--proxy-credentials <file>', 'login for the proxy: user and password on a line each (mode 0600)')
    .option('--proxy-ca <file>', 'authorities (PEM) for the certificate of the proxy itself')
    .option('--inspection-ca <file>', 'authorities (PEM) of a proxy that opens TLS on the way')
    .option('--name <name>', 'what the console calls this connector (default: the host name)')
    .option(
      '--allow-target <host:port...>',
      'literal targets for a new policy file, such as 127.0.0.1:389 or mail=127.0.0.1:25',
    )
    .option('--replace', 'give up the identity that is already here')
    .action(runEnroll)
  onHost(connector.command('run').description('run the connector of this host in the foreground'))
    .option('--relay <url>', 'dial this address instead of the one enrollment recorded')
    .option('--relay-ca <file>', 'authorities (PEM) for the relay’s certificate')
    .action(runRun)
  onHost(connector.command('check').description('check everything from this host: files, clock, relay, services'))
    .argument('[service]', 'this service only')
    .action(runCheck)
}

/** An all-in-one start keeps its connector in a folder of its own home; both may be named. */
function onHost(command: Command): Command {
  return command
    .option('--home <dir>', 'directory of the connector', defaultConnectorHome)
    .option('--json', 'print the answer as JSON')
}

interface EnrollFlags extends HostFlags {
  readonly codeFile?: string
  readonly installer?: string
  readonly passwordFile?: string
  readonly relay?: string
  readonly relayCa?: string
  readonly proxy?: string
  readonly proxyPac?: string
  readonly proxyCredentials?: string
  readonly proxyCa?: string
  readonly inspectionCa?: string
  readonly name?: string
  readonly allowTarget?: readonly string[]
  readonly replace?: boolean
}

async function runEnroll(flags: EnrollFlags): Promise<void> {
  const { enrollConnector, keepHostSettings, readHostSettings } = await import('@sallygate/connector')
  const said = proxySettingsOf(flags)
  const enrollment = await enrollConnector({
    home: flags.home,
    // More than the flags say may stand in settings.json of the home before.
    proxy: readHostSettings(flags.home, said),
    environment: process.env,
    with: invitationFrom(flags),
    ...(flags.relay === undefined ? {} : { relayUrl: flags.relay }),
    ...(flags.relayCa === undefined ? {} : { relayCaFile: flags.relayCa }),
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.replace === undefined ? {} : { replace: flags.replace }),
    ...(flags.allowTarget === undefined ? {} : { allowTargets: flags.allowTarget }),
  })
  // So that the connector goes out as its enrollment did.
  keepHostSettings(flags.home, said)
  if (flags.json === true) return printJson(enrollment)
  print(`${paint('green', 'Enrolled')} in ${enrollment.groupName}.`)
  say(`What it may reach is in ${flags.home}/policy.toml. Next: sallygate connector run --home ${flags.home}`)
}

function proxySettingsOf(flags: EnrollFlags) {
  return {
    proxyUrl: flags.proxy,
    proxyPac: flags.proxyPac,
    proxyCredentialsFile: flags.proxyCredentials,
    proxyCaFile: flags.proxyCa,
    inspectionCaFile: flags.inspectionCa,
  }
}

function invitationFrom(flags: EnrollFlags) {
  if (flags.codeFile !== undefined && flags.installer === undefined) {
    return { kind: 'code', code: secretFromFile(flags.codeFile) } as const
  }
  if (flags.installer !== undefined && flags.codeFile === undefined) {
    const { passwordFile } = flags
    const certificatePassword = async () =>
      passwordFile === undefined ? askSecret('Certificate password') : secretFromFile(passwordFile)
    return { kind: 'installer', file: flags.installer, certificatePassword } as const
  }
  throw cliFailure('BAD_ARGUMENT', { details: { expected: 'either --code-file or --installer' } })
}

interface RunFlags extends HostFlags {
  readonly relay?: string
  readonly relayCa?: string
}

async function runRun(flags: RunFlags): Promise<void> {
  const { readHostSettings, startConnector } = await import('@sallygate/connector')
  const log = createLog({ part: 'connector' })
  const settings = readHostSettings(flags.home, { relayUrl: flags.relay, relayCaFile: flags.relayCa })
  await runProcess(() => startConnector(settings, { clock: systemClock, log, environment: process.env }), { log })
}

async function runCheck(service: string | undefined, flags: HostFlags): Promise<void> {
  const { checkConnector } = await import('@sallygate/connector')
  const rows: readonly CheckRow[] = await checkConnector(flags.home, {
    environment: process.env,
    ...(service === undefined ? {} : { service }),
  })
  setExitCodeFor(rows)
  if (flags.json === true) return printJson(rows)
  printCheckRows(rows)
}
