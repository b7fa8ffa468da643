/**
 * A hundred changes of the kinds that a day brings, made by an independent client.
 *
 * @module
 */
import { Attribute, Change, Client } from 'ldapts'
import { companyAdmin, companyBase, groupDn, personDn, type Company } from './company.ts'

export const changeCount = 100

/**
 * One change, so that the server's newest is not of the second in which everything was loaded: a run of changes reads
 * that second again, and nobody's directory is made in the second before.
 */
export async function touch(port: number, authority: string): Promise<void> {
  await asAdministrator(port, authority, (modify) => modify(personDn(0), 'replace', 'telephoneNumber', '+49 30 1'))
}

type Modify = (dn: string, operation: 'add' | 'replace', type: string, value: string) => Promise<void>

async function asAdministrator(
  port: number,
  authority: string,
  step: (modify: Modify, client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client({ url: `ldaps://localhost:${port}`, tlsOptions: { ca: authority }, timeout: 60_000 })
  try {
    await client.bind(companyAdmin.dn, companyAdmin.password)
    await step(
      (dn, operation, type, value) =>
        client.modify(dn, new Change({ operation, modification: new Attribute({ type, values: [value] }) })),
      client,
    )
  } finally {
    await client.unbind()
  }
}

/** 60 people changed, 10 added, 10 removed, 20 groups with one member more. */
export async function makeChanges(port: number, authority: string, company: Company): Promise<void> {
  await asAdministrator(port, authority, async (modify, client) => {
    const last = company.people - 1
    for (let at = 0; at < 60; at++) await modify(personDn(last - at), 'replace', 'telephoneNumber', `+49 30 9${at}`)
    for (let at = 0; at < 10; at++) {
      await client.add(`uid=new${at},ou=people,${companyBase}`, {
        objectClass: 'inetOrgPerson',
        uid: `new${at}`,
        cn: `new${at}`,
        sn: 'New',
      })
    }
    for (let at = 0; at < 10; at++) await client.del(personDn(last - 60 - at))
    for (let at = 0; at < 20; at++)
      await modify(groupDn(at % company.groups), 'add', 'member', `uid=new${at % 10},ou=people,${companyBase}`).catch(
        // In a small company there are fewer than twenty groups.
        () => undefined,
      )
  })
}
