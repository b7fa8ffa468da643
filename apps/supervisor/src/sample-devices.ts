/**
 * What the sample office's simulated machines need of the console: a secret for their agents, and one policy.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'
import type { ConsoleClient } from './console-client.ts'
import type { Home } from './home.ts'
import type { Group } from './provision.ts'

/** Once; whoever revokes the secret or changes the policy afterwards is left alone. */
export async function provideSampleDevices(console_: ConsoleClient, home: Home, group: Group): Promise<void> {
  const file = home.of('sample-office', 'inventory-secret')
  if (existsSync(file)) return
  await console_.call('POST', `/api/groups/${group.id}/policies`, {
    name: 'Disks are encrypted (sample)',
    match: 'all',
    rules: [{ kind: 'isTrue', fact: 'diskEncrypted', whenUnknown: 'passes' }],
    severity: 'high',
    countsForAccess: true,
    remediation: 'Turn disk encryption on. (This machine is simulated.)',
  })
  const name = 'Sample office (simulated agents)'
  const made = await console_.call<{ readonly secret: string }>('POST', `/api/groups/${group.id}/agent-secrets`, {
    name,
  })
  writeFileAtomic(file, `${made.secret}\n`)
}
