/**
 * Passwords checked by an independent client (ldapts): a connection for each, as a program that signs people in does it.
 *
 * @module
 */
import { Client } from 'ldapts'
import { companyPassword, personDn } from './company.ts'

export async function bindDirectly(port: number, authority: string, at: number): Promise<void> {
  const client = new Client({ url: `ldaps://localhost:${port}`, tlsOptions: { ca: authority }, timeout: 10_000 })
  try {
    await client.bind(personDn(at), companyPassword)
  } finally {
    await client.unbind()
  }
}
