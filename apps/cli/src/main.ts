/**
 * The `sallygate` command: every subcommand in one list, and one place where failures become words and exit codes.
 *
 * @module
 */
import { Command, CommanderError } from 'commander'
import { addAdmin } from './commands/admin.ts'
import { addAgentSecret } from './commands/agent-secret.ts'
import { addAudit } from './commands/audit.ts'
import { addCall } from './commands/call.ts'
import { addCertificate } from './commands/certificate.ts'
import { addConnector } from './commands/connector.ts'
import { addDevice } from './commands/device.ts'
import { addDirectory } from './commands/directory.ts'
import { addEvents } from './commands/events.ts'
import { addGroup } from './commands/group.ts'
import { addHub } from './commands/hub.ts'
import { addIseProbe } from './commands/ise-probe.ts'
import { addKey } from './commands/key.ts'
import { addMail } from './commands/mail.ts'
import { addNac } from './commands/nac.ts'
import { addPolicy } from './commands/policy.ts'
import { addRelay } from './commands/relay.ts'
import { addRequests } from './commands/requests.ts'
import { addRole } from './commands/role.ts'
import { addSearch } from './commands/search.ts'
import { addService } from './commands/service.ts'
import { addSettings } from './commands/settings.ts'
import { addSource } from './commands/source.ts'
import { addStart } from './commands/start.ts'
import { addStatus } from './commands/status.ts'
import { addStore } from './commands/store.ts'
import { addSyslog } from './commands/syslog.ts'
import { addTrace } from './commands/trace.ts'
import { exits, printFailure } from './output.ts'

const version = '0.1.0'

export function buildProgram(): Command {
  const program = new Command('sallygate')
    .description('Reach what is inside, from outside, without opening a door.')
    .version(version)
    .showHelpAfterError('(add --help for what this command takes)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed (why is on standard error), 2 a check found something, 64 the command was wrong.\nSecrets are read from files or asked for; no argument ever holds one.',
    )
  for (const add of [
    addStart,
    addStatus,
    addSearch,
    addCall,
    addService,
    addDirectory,
    addSettings,
    addConnector,
    addGroup,
    addRelay,
    addCertificate,
    addRequests,
    addTrace,
    addAdmin,
    addRole,
    addKey,
    addAudit,
    addEvents,
    addNac,
    addIseProbe,
    addHub,
    addDevice,
    addPolicy,
    addSource,
    addMail,
    addSyslog,
    addAgentSecret,
    addStore,
  ]) {
    add(program)
  }
  return program
}

/** Called by the launcher, which has made sure of the runtime. */
export async function main(words: readonly string[] = process.argv.slice(2)): Promise<void> {
  // `| head` has seen enough and closes the pipe: that is no failure, and nobody is left to tell.
  if (process.stdout.listenerCount('error') === 0)
    process.stdout.on('error', (error: NodeJS.ErrnoException) =>
      process.exit(error.code === 'EPIPE' ? exits.done : exits.failed),
    )
  try {
    await buildProgram().parseAsync(words, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end here as well, with 0.
      process.exitCode = error.exitCode === 0 ? exits.done : exits.usage
    } else {
      printFailure(error, words.includes('--json'))
      process.exitCode = exits.failed
    }
  }
}
