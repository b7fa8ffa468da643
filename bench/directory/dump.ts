/**
 * What a user would run instead: `ldapsearch` in pages into a file, over the same TLS, of the same attributes.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { createWriteStream, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { companyBase, companyReader, personAttributes } from './company.ts'

export interface Dump {
  readonly ms: number
  readonly bytes: number
}

export async function dumpDirectory(home: string, port: number, authority: string): Promise<Dump> {
  const program = findProgram('ldapsearch')
  if (program === undefined) throw new Error('ldapsearch is not installed (Debian package ldap-utils)')
  const at = (name: string) => join(home, name)
  writeFileSync(at('authority.pem'), authority)
  writeFileSync(at('password'), companyReader.password, { mode: 0o600 })
  const who = ['-x', '-H', `ldaps://127.0.0.1:${port}`, '-D', companyReader.dn, '-y', at('password')]
  const paged = [...who, '-LLL', '-o', 'ldif-wrap=no', '-E', 'pr=1000/noprompt', '-b', companyBase]
  const began = performance.now()
  const env = { ...process.env, LDAPTLS_CACERT: at('authority.pem') }
  const users = ['(objectClass=inetOrgPerson)', 'entryUUID', ...personAttributes]
  const groups = ['(objectClass=groupOfNames)', 'entryUUID', 'cn', 'description', 'mail', 'member']
  await into(at('users.ldif'), program, [...paged, ...users], env)
  await into(at('groups.ldif'), program, [...paged, ...groups], env)
  const bytes = statSync(at('users.ldif')).size + statSync(at('groups.ldif')).size
  return { ms: performance.now() - began, bytes }
}

function into(file: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    child.stdout.pipe(createWriteStream(file)).once('close', resolve)
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`ldapsearch ended with ${code}`))
    })
  })
}
