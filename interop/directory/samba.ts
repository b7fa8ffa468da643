/**
 * The Active Directory domain of this folder: a crowd, a group that holds them all, somebody whose password has expired.
 *
 * @module
 */
import { runProgram } from './peer-process.ts'
import { ldb, makeSambaDomain, sambaBase, type SambaServer } from './samba-server.ts'

export { missingForSamba, sambaAdmin, sambaBase, sambaDomain, sambaHost } from './samba-server.ts'

export const sambaPassword = 'Us3r!of-the-test'

/** Made before the server starts, because their password has to be older than they are. */
export const expiredUser = 'eva'

export type Samba = SambaServer

export async function startSamba(people: number): Promise<Samba> {
  const domain = makeSambaDomain((database, configurationFile) => {
    const create = ['samba-tool', 'user', 'create', expiredUser, sambaPassword, '-H', database, '-s', configurationFile]
    runProgram('faketime', ['-f', '-3d', ...create])
    ldb('ldbadd', database, configurationFile, crowd(people))
  })
  try {
    return await domain.start()
  } finally {
    domain.remove()
  }
}

/** Many users, and one group that holds them all. */
function crowd(people: number): string {
  const uids = Array.from({ length: people }, (_, index) => `crowd${String(index).padStart(5, '0')}`)
  const users = uids.map((uid) =>
    [
      `dn: CN=${uid},CN=Users,${sambaBase}`,
      'objectClass: user',
      `sAMAccountName: ${uid}`,
      `mail: ${uid}@corp.test`,
      '',
    ].join('\n'),
  )
  const group = [
    `dn: CN=crowd,CN=Users,${sambaBase}`,
    'objectClass: group',
    'sAMAccountName: crowd',
    ...uids.map((uid) => `member: CN=${uid},CN=Users,${sambaBase}`),
    '',
  ].join('\n')
  return [...users, group, ''].join('\n')
}
