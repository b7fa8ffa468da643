/**
 * Holds documents against the code they speak of.
 *
 * The accident it prevents: a reference table that was right once. Failures and
 * settings are written into docs/ by this script (`--write`), and a difference
 * between the code and the file is an error in either direction.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definedFailures } from '@sallygate/base/failure'
import type { SettingsTable } from '@sallygate/base/settings'
import { catalogue, type EventKind } from '../apps/console/src/events/catalogue.ts'
import { recordKinds, type RecordKind } from '../apps/console/src/events/record-kinds.ts'
import { isTest, isTypeScript, readSource, repositoryFiles, root } from './source-files.ts'

/** Everything that defines failures or settings is loaded, found by what it calls, so that no list can be forgotten. */
export async function loadDefinitions(): Promise<readonly SettingsTable<never>[]> {
  const files = repositoryFiles().filter(
    (file) =>
      /^(?:packages|protocols|services|apps)\//.test(file) &&
      isTypeScript(file) &&
      !isTest(file) &&
      !file.startsWith('packages/testkit/'),
  )
  const defining = files.filter(
    (file) => /\bdefine(?:Failures|Settings)\(/.test(readSource(file)) && !file.startsWith('packages/base/src/fail'),
  )
  const modules = await Promise.all(
    [...defining, 'packages/base/src/failures.ts'].map(
      (file) => import(pathToFileURL(join(root, file)).href) as Promise<Record<string, unknown>>,
    ),
  )
  const tables = modules.flatMap((module) => Object.values(module)).filter(isSettingsTable)
  return [...new Set(tables)].toSorted((a, b) => a.name.localeCompare(b.name))
}

function isSettingsTable(value: unknown): value is SettingsTable<never> {
  return typeof value === 'object' && value !== null && 'fields' in value && 'effective' in value && 'parse' in value
}

const cell = (text: unknown) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')

export function errorsDocument(): string {
  const rows = definedFailures()
    .flatMap((table) => Object.entries(table.rows).map(([key, row]) => ({ code: `${table.prefix}_${key}`, ...row })))
    .toSorted((a, b) => a.code.localeCompare(b.code))
  const lines = rows.map(
    (row) =>
      `| <a id="${row.code.toLowerCase()}"></a>\`${row.code}\` | ${cell(row.says)} | ${cell(row.fix)} | ${row.retry} | ${row.status ?? 500} |`,
  )
  return [
    '# Errors',
    '',
    'Every failure Sallygate can report, from the tables in the code (`node scripts/check-docs.ts --write` renews this page;',
    '`npm run check` refuses a difference). A code is never used again for something else. *retry* says who should try again: nobody',
    '(*never*), the same caller after a wait (*later*), another connector or server at once (*elsewhere*). *status* is what the REST API answers with.',
    '',
    '| code | says | fix | retry | status |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}

export function settingsDocument(tables: readonly SettingsTable<never>[]): string {
  const sections = tables.flatMap((table) => [
    `## ${table.name}`,
    '',
    '| setting | kind | default | because | shown | what it is for |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.entries(
      table.fields as Record<
        string,
        { kind: string; default: unknown; because?: string; classification: string; note: string; isRequired: boolean }
      >,
    ).map(
      ([key, field]) =>
        `| \`${key}\` | ${cell(field.kind)} | ${field.default === undefined ? (field.isRequired ? '*required*' : '') : cell(field.default)} | ${cell(field.because ?? '')} | ${field.classification} | ${cell(field.note)} |`,
    ),
    '',
  ])
  return [
    '# Settings',
    '',
    'The settings file of each program (`--settings FILE`, JSON), from the declarations in the code (`node scripts/check-docs.ts --write`',
    'renews this page). An unknown name is an error. Durations in the file are written as `250ms`, `90s`, `5m`, `24h`, `7d`; defaults of durations are shown in',
    'milliseconds. *shown* says who may see the value: a *secret* never appears in logs or listings.',
    '',
    ...sections,
  ].join('\n')
}

export function eventsDocument(): string {
  const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id)
  const rows = Object.values(catalogue as Readonly<Record<string, EventKind>>).toSorted(byId)
  const records = Object.entries(recordKinds as Readonly<Record<string, RecordKind>>)
    .map(([name, kind]) => ({ name, ...kind }))
    .toSorted(byId)
  return [
    '# Events',
    '',
    'What the console tells of by itself (`sallygate events`, `GET /api/events`), from the catalogue in the code (`node scripts/check-docs.ts',
    '--write` renews this page; `npm run check` refuses a difference). A number is never used again for something else. The newest hundred',
    'thousand are kept. SG-1xxx are about connectors, 2xxx certificates, 3xxx administrators, 4xxx services, 5xxx the console itself, 6xxx devices,',
    '7xxx nac. Severities, from the least: debug, info, notice, warning, error, critical.',
    '',
    'Narrowed by severity (at least), category, id, group (with all below it), service, time and text: what an event says, what it is about and',
    'its details are searched, whatever the script and however the letters are written. Exported whole, as CSV (`--csv`) or as JSON lines',
    '(`--json-lines`); written out page by page, so that their number costs no memory.',
    '',
    '| id | severity | category | says | fix |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ id, severity, category, says, fix }) =>
        `| <a id="${id.toLowerCase()}"></a>\`${id}\` | ${severity} | ${category} | ${cell(says)} | ${cell(fix ?? '')} |`,
    ),
    '',
    '## Records',
    '',
    'What syslog tells of besides (`docs/syslog.md`): rows of the audit log and of the devices’ histories, which have lists of their own, and the test of a target.',
    '',
    '| id | severity | category | name | says |',
    '| --- | --- | --- | --- | --- |',
    ...records.map(
      ({ id, severity, category, name, says }) =>
        `| <a id="${id.toLowerCase()}"></a>\`${id}\` | ${severity} | ${category} | \`${name}\` | ${cell(says)} |`,
    ),
    '',
  ].join('\n')
}

/** Packages in a manifest that docs/dependencies.md does not list with this version, and rows for packages nobody uses. */
export function dependencyComplaints(manifests: readonly string[], page: string): readonly string[] {
  const used = new Map(
    manifests
      .flatMap((manifest) => {
        const { dependencies, devDependencies, optionalDependencies } = JSON.parse(manifest) as Record<
          string,
          Record<string, string> | undefined
        >
        return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      })
      .filter(([name]) => !name.startsWith('@sallygate/')),
  )
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| package '))
    .map((line) => line.split('|').map((part) => part.trim()))
  const listed = new Map(
    rows.flatMap(([, names = '', versions = '']) => {
      const all = versions.split(',').map((version) => version.trim())
      return names.split(',').map((name, index): [string, string] => [name.trim(), all[index] ?? all[0] ?? ''])
    }),
  )
  const unlisted = [...used].filter(([name, version]) => listed.get(name) !== version)
  const unused = [...listed.keys()].filter((name) => !used.has(name))
  return [
    ...unlisted.map(([name, version]) => `docs/dependencies.md: ${name} ${version} has no row with its reason`),
    ...unused.map((name) => `docs/dependencies.md: nothing uses ${name}`),
  ]
}

/** Links from one document of ours to another, or to a file, that lead nowhere. */
export function brokenLinks(files: readonly string[]): readonly string[] {
  return files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...readSource(file).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !existsSync(join(root, file, '..', target)))
        .map((target) => `${file}: the link to ${target} leads nowhere`),
    )
}

async function main(): Promise<void> {
  const tables = await loadDefinitions()
  const documents: Readonly<Record<string, string>> = {
    'docs/errors.md': errorsDocument(),
    'docs/settings.md': settingsDocument(tables),
    'docs/events.md': eventsDocument(),
  }
  for (const [file, content] of Object.entries(documents)) {
    const path = join(root, file)
    if (process.argv.includes('--write')) {
      writeFileSync(path, content)
    } else if (!existsSync(path) || readFileSync(path, 'utf8') !== content) {
      console.error(
        `${file} does not say what the code says: run node scripts/check-docs.ts --write and read the difference`,
      )
      process.exitCode = 1
    }
  }
  const files = repositoryFiles()
  const manifests = files.filter((file) => /(?:^|\/)package\.json$/.test(file)).map(readSource)
  for (const complaint of [
    ...dependencyComplaints(manifests, readSource('docs/dependencies.md')),
    ...brokenLinks(files),
  ]) {
    console.error(complaint)
    process.exitCode = 1
  }
}

if (import.meta.main) await main()
