/**
 * The policy file that enrollment writes where there is none.
 *
 * Directory servers, mail servers and syslog collectors on their usual ports, any name, never this host itself. It is
 * text for a person first: what each line does stands above it.
 *
 * @module
 */
import { parseTargetRule } from './target-rule.ts'
import { connectorFailure } from './failures.ts'

/** What each service may reach in a new file: its usual ports, on any host but this one. */
const usualTargets = {
  directory: ['*:389,636,3268,3269'],
  mail: ['*:25,465,587'],
  syslog: ['*:514,601,6514'],
} as const

type Named = keyof typeof usualTargets

/**
 * @param literalTargets `host:port` an administrator allowed on the command line, for the directory, or for another
 * service with its name before it: `mail=127.0.0.1:2525`. The only way that loopback gets into the file.
 * @throws CONNECTOR_POLICY_BROKEN for a target that is not one.
 */
export function policyTemplate(literalTargets: readonly string[] = []): string {
  const literal = literalTargets.map(readLiteral)
  const targetsOf = (service: Named) =>
    [...usualTargets[service], ...literal.filter((one) => one.service === service).map(({ target }) => target)]
      .map((target) => JSON.stringify(target))
      .join(', ')
  return `# What this connector may do, whatever the console says. docs/policy.md explains every key.
# A change holds within seconds, without a restart, and is shown in the console.
version = 1

# Names, addresses and ranges that are never connected to. Loopback, link-local, metadata,
# multicast and the relay's own address are refused without being listed.
never = []

[services.directory]
operations = ["check", "search", "authenticate", "bases", "preview", "servers", "status", "syncStart", "syncPage"]
# host:ports. "*" is any host, "*.corp.test" any name below corp.test. Only an entry that
# names it literally ("127.0.0.1:3890") reaches this host itself.
targets = [${targetsOf('directory')}]
# Which parts of the console may use it.
components = ["deviceServices", "deviceManagement", "selfService", "other"]

# At most this many a minute. Without a line: no limit.
# [services.directory.ratePerMinute]
# authenticate = 600

# Which organization groups may use it, and how far they see. Without this table: every
# group the console lets in, everywhere below the base DN of the settings.
# [services.directory.groups."*"]
# baseDns = ["dc=corp,dc=test"]

[services.mail]
operations = ["check", "send"]
# For XOAUTH2 the token endpoint as well: "login.microsoftonline.com:443".
targets = [${targetsOf('mail')}]

[services.syslog]
operations = ["check", "deliver"]
targets = [${targetsOf('syslog')}]
`
}

function readLiteral(written: string): { readonly service: Named; readonly target: string } {
  const at = written.indexOf('=')
  const service = at === -1 ? 'directory' : written.slice(0, at)
  const target = written.slice(at + 1)
  try {
    if (!Object.hasOwn(usualTargets, service))
      throw new Error(`one of ${Object.keys(usualTargets).join(', ')} before the =`)
    parseTargetRule(target)
    return { service: service as Named, target }
  } catch (cause) {
    const details = { where: 'the allowed targets', expected: (cause as Error).message }
    throw connectorFailure('POLICY_BROKEN', { cause, details })
  }
}
