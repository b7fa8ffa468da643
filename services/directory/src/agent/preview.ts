/**
 * The preview: what becomes of one entry under given settings.
 *
 * @module
 */
import { anyOf, equal, isWithin, parseName, present, type Filter, type SearchEntry } from '@sallygate/protocol-ldap'
import type { OperationContext, ParamsOf } from '@sallygate/service-kit'
import {
  directoryFailure,
  maxPreviewGroups,
  maxRawLength,
  maxRawValues,
  type DirectoryContract,
  type PreviewResult,
} from '../contract.ts'
import { accountOf, readLogin } from './authenticate.ts'
import { isDisabledBy } from './disabled-rule.ts'
import { valueText } from './entry.ts'
import { GroupFinder, primaryAttributes } from './groups-of.ts'
import { identifierText } from './identifier.ts'
import type { DirectoryPlan } from './plan.ts'
import { rawAttributes } from './raw-attributes.ts'
import { textsOf, valuesOf, type EntryReader } from './read-entries.ts'
import { isAllowed } from './scope.ts'
import { wholeFilter } from './search-order.ts'

type Params = ParamsOf<DirectoryContract, 'preview'>
type Kind = Params['kind']

export async function previewEntry(
  plan: DirectoryPlan,
  reader: EntryReader,
  { kind, entry: asked }: Params,
  context: OperationContext,
): Promise<PreviewResult> {
  const anywhere = { text: '', name: [] }
  const mayBeSeen = (dn: string) => isAllowed(dn, anywhere, context)
  const entry = await findEntry(plan, reader, kind, asked, mayBeSeen)
  const isUser = kind === 'users'
  const finder = new GroupFinder(plan, reader, maxPreviewGroups, mayBeSeen)
  const { groups, more } = isUser ? await finder.of(entry) : { groups: [], more: false }
  const raw = rawAttributes(entry)
  const { attribute, dataType } = plan.identifier
  const [identifier] = valuesOf(entry, attribute)
  const value = identifier === undefined ? undefined : identifierText(identifier, dataType)
  return {
    server: reader.server,
    dn: entry.dn,
    identifier: { attribute, dataType, ...(value === undefined ? {} : { value }) },
    isCounted: await isCounted(plan, reader, kind, entry),
    fields: fieldsOf(plan, kind, entry),
    ...(isUser ? { disabled: disabledOf(plan, entry) } : {}),
    groups: [...groups],
    groupsBy: plan.membership.transitive,
    moreGroups: more,
    attributes: raw.attributes,
    moreAttributes: raw.more,
  }
}

async function findEntry(
  plan: DirectoryPlan,
  reader: EntryReader,
  kind: Kind,
  asked: string,
  mayBeSeen: (dn: string) => boolean,
): Promise<SearchEntry> {
  const attributes = attributesOf(plan, kind)
  const byName = readLogin(asked).kind === 'dn'
  // Outside of what policy allows looks like absent, so that nobody can feel his way around.
  if (byName) {
    const entry = mayBeSeen(asked) ? await reader.one(asked, present('objectClass'), attributes) : undefined
    if (entry !== undefined) return entry
    throw directoryFailure('ENTRY_NOT_FOUND')
  }
  const { base } = plan[kind]
  if (base === '')
    throw directoryFailure('SETTING_INVALID', { details: { setting: 'baseDn', expected: 'where to look' } })
  const filter = wholeFilter(plan[kind].filters, nameFilter(plan, kind, asked))
  const found = await reader.ask({ base, scope: 'subtree', filter, attributes, limit: 2 })
  const allowed = found.entries.filter(({ dn }) => mayBeSeen(dn))
  if (allowed.length > 1)
    throw directoryFailure('AMBIGUOUS_USER', {
      details: {
        dns: allowed
          .map(({ dn }) => dn)
          .join(' | ')
          .slice(0, 300),
      },
    })
  const [entry] = allowed
  if (entry === undefined) throw directoryFailure('ENTRY_NOT_FOUND')
  return entry
}

/** `DOMAIN\user` is looked for by its second half: a preview signs nobody in. */
function nameFilter({ mapping }: DirectoryPlan, kind: Kind, asked: string): Filter {
  if (kind === 'groups') return equal(mapping.group.name ?? 'cn', asked)
  const { login = 'uid', userPrincipalName, mail } = mapping.user
  const isWindows = readLogin(asked).kind === 'windows'
  const name = isWindows ? accountOf(asked) : asked
  const others = [userPrincipalName, mail].flatMap((attribute) =>
    attribute === undefined || isWindows ? [] : [attribute],
  )
  return anyOf(...[login, ...others].map((attribute) => equal(attribute, name)))
}

function attributesOf(plan: DirectoryPlan, kind: Kind): readonly string[] {
  const { mapping, custom, identifier, disabledRule, membership, isActiveDirectory } = plan
  const named = [
    ...Object.values(kind === 'users' ? mapping.user : mapping.group),
    ...(kind === 'users' ? Object.values(custom) : [membership.attribute]),
    identifier.attribute,
    ...(kind === 'users' && disabledRule.kind !== 'none' ? [disabledRule.attribute] : []),
    ...(isActiveDirectory ? primaryAttributes : ['+']),
  ]
  return ['*', ...new Set(named)]
}

async function isCounted(plan: DirectoryPlan, reader: EntryReader, kind: Kind, entry: SearchEntry): Promise<boolean> {
  const { baseName, filters } = plan[kind]
  if (!isBelow(entry.dn, baseName)) return false
  return (await reader.one(entry.dn, wholeFilter(filters, undefined), ['1.1'])) !== undefined
}

function isBelow(dn: string, base: DirectoryPlan['users']['baseName']): boolean {
  try {
    return isWithin(parseName(dn), base)
  } catch {
    return false
  }
}

function fieldsOf(plan: DirectoryPlan, kind: Kind, entry: SearchEntry): PreviewResult['fields'] {
  const { mapping, custom } = plan
  const row =
    (isCustom: boolean) =>
    ([field, attribute]: readonly [string, string]): PreviewResult['fields'][number] => {
      const values = valuesOf(entry, attribute)
      const texts = values.slice(0, maxRawValues).map((value) => cut(valueText(value)))
      return { field, attribute, isCustom, values: texts, more: values.length > maxRawValues }
    }
  const own = Object.entries(kind === 'users' ? mapping.user : mapping.group)
  return [...own.map(row(false)), ...(kind === 'users' ? Object.entries(custom).map(row(true)) : [])]
}

const cut = (text: string) =>
  text.length <= maxRawLength ? text : `${text.slice(0, maxRawLength).replace(/[\ud800-\udbff]$/, '')}…`

function disabledOf({ disabledRule: rule }: DirectoryPlan, entry: SearchEntry): PreviewResult['disabled'] {
  if (rule.kind === 'none') return { because: 'The settings have no rule for this, so nobody counts as disabled.' }
  const isDisabled = isDisabledBy(rule, valuesOf(entry, rule.attribute))
  const values = textsOf(entry, rule.attribute)
  const is = values.length === 0 ? 'has no value' : `is ${values.slice(0, 3).join(', ').slice(0, 200)}`
  const test =
    rule.kind === 'value' ? `"${rule.value}"` : `a number with the flag ${rule.bit} (0x${rule.bit.toString(16)})`
  const because = `${rule.attribute} ${is}; disabled is ${test}.`
  return { ...(isDisabled === undefined ? {} : { isDisabled }), because: because.slice(0, 600) }
}
