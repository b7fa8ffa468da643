/**
 * Holds every import against layers.ts.
 *
 * The accident it prevents: one convenient import that lets the relay open an
 * envelope, or puts a listening socket into the connector, and nobody notices
 * because everything still works.
 *
 * @module
 */
import { dirname, join, normalize } from 'node:path'
import { forbiddenModules, layers, mustNotListen, testOnly, type Layer } from '../layers.ts'
import { importsOf, isTest, isTypeScript, readSource, repositoryFiles } from './source-files.ts'

/** What a file may be blamed for, as lines for a person. */
export function checkLayers(files: readonly string[], read: (file: string) => string): readonly string[] {
  const packages = packageFolders(files, read)
  return files
    .filter((file) => isTypeScript(file) && !isTest(file))
    .flatMap((file) => [...checkImports(file, read(file), packages), ...checkListening(file, read(file))])
}

/** Package name → folder, from the package.json files. */
function packageFolders(files: readonly string[], read: (file: string) => string): ReadonlyMap<string, string> {
  const manifests = files.filter((file) => /^(?:packages|protocols|services|apps)\/[^/]+\/package\.json$/.test(file))
  return new Map(manifests.map((file) => [(JSON.parse(read(file)) as { name: string }).name, dirname(file)]))
}

function checkImports(file: string, source: string, packages: ReadonlyMap<string, string>): readonly string[] {
  const found = layerOf(file)
  if (found === undefined) {
    return /^(?:packages|protocols|services|apps)\//.test(file) &&
      !testOnly.some((folder) => file.startsWith(`${folder}/`))
      ? [`${file}: stands in no layer; add its folder to layers.ts with a reason`]
      : []
  }
  const { layer, own, same } = found
  return importsOf(source).flatMap((name) => {
    const target = targetOf(file, name, packages)
    if (target === undefined) return forbiddenHere(file, name)
    if (target === own || target.startsWith(`${own}/`)) return []
    if (testOnly.some((folder) => target === folder || target.startsWith(`${folder}/`))) {
      return [`${file}: may not import ${name}\n  ${target} is for tests only`]
    }
    const allowed = layer.imports.some((pattern) => matches(pattern.replace('{same}', same), target))
    return allowed ? [] : [`${file}: may not import ${name}\n  ${layer.because}`]
  })
}

function forbiddenHere(file: string, name: string): readonly string[] {
  return forbiddenModules
    .filter((rule) => file.startsWith(`${rule.folder}/`) && rule.modules.includes(name))
    .map((rule) => `${file}: may not import ${name}\n  ${rule.because}`)
}

function checkListening(file: string, source: string): readonly string[] {
  if (!mustNotListen.folders.some((folder) => file.startsWith(`${folder}/`))) return []
  return source
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => !/^\s*(?:\*|\/\/|\/\*)/.test(line) && mustNotListen.calls.test(line))
    .map(({ line, number }) => `${file}:${number}: ${line.trim()}\n  ${mustNotListen.because}`)
}

interface Found {
  readonly layer: Layer
  /** The folder this file belongs to, spelled out. */
  readonly own: string
  /** What `*` stood for. */
  readonly same: string
}

function layerOf(file: string): Found | undefined {
  for (const layer of layers) {
    const place = layerPath(file)
    const match = new RegExp(`^${layer.folder.replace('*', '([^/]+)')}(?=/|$)`).exec(place)
    if (match !== null) return { layer, own: match[0], same: match[1] ?? '' }
  }
  return undefined
}

/** A service's source folder has two halves that are layers of their own: src/contract… and src/agent/…. */
function layerPath(file: string): string {
  const service = /^services\/([^/]+)\/src\/(.+)$/.exec(file)
  if (service === null) return file
  return `services/${service[1]}/${service[2]?.startsWith('agent/') === true ? 'agent' : 'contract'}`
}

function targetOf(file: string, name: string, packages: ReadonlyMap<string, string>): string | undefined {
  if (name.startsWith('.')) return layerPath(normalize(join(dirname(file), name)))
  const match = /^(@sallygate\/[^/]+)(?:\/(.+))?$/.exec(name)
  const folder = packages.get(match?.[1] ?? '')
  if (folder === undefined) return undefined
  return folder.startsWith('services/') ? `${folder}/${match?.[2] === 'agent' ? 'agent' : 'contract'}` : folder
}

function matches(pattern: string, target: string): boolean {
  return new RegExp(`^${pattern.replace('*', '[^/]+')}(?:/|$)`).test(target)
}

if (import.meta.main) {
  const complaints = checkLayers(repositoryFiles(), readSource)
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0) process.exitCode = 1
}
