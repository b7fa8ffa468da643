/**
 * A hundred changes of the kinds that a day brings, made by an independent client.
 *
 * @module
 */
import { Attribute, Change, Client } from 'ldapts'
import { companyAdmin, companyBase, groupDn, personDn, type Company } from './company.ts'

export const changeCount = 100

/** 60 people changed, 10 added, 10 removed, 20 groups with one member more. */
export async function makeChanges(port: number, authority: string, company: Company): Promise<void> {
  const client = new Client({ url: `ldaps://localhost:${port}`, tlsOptions: { ca: authority }, timeout: 60_000 })
  const modify = (dn: string, operation: 'add' | 'replace', type: string, value: string) =>
    client.modify(dn, new Change({ operation, modification: new Attribute({ type, values: [value] }) }))
  try {
    await client.bind(companyAdmin.dn, companyAdmin.password)
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
  } finally {
    await client.unbind()
  }
}
