/**
 * What needs attention about devices: a nac that is silent or slow, and sources that are stale.
 *
 * @module
 */
import type { MdmSource } from '../api/source-shapes.ts'
import type { Nac } from '../api/nac-shapes.ts'
import { slowMs } from '../nac/standing.ts'
import type { Matter } from './attention.ts'

export function accessAttention(nacs: readonly Nac[], sources: readonly MdmSource[]): readonly Matter[] {
  return [...nacs.flatMap(ofNac), ...sources.flatMap(ofSource)]
}

function ofNac({ id, name, isSilent, ageSeconds, nodes }: Nac): readonly Matter[] {
  const key = `nac ${id}`
  if (isSilent) {
    return [
      {
        key,
        level: 'warning',
        about: name,
        says: 'This nac has not been heard of for a minute.',
        fix: 'It may answer NACs all the same, with what it knew then. On its server, run: sallygate nac status.',
        page: 'nac',
      },
    ]
  }
  if (ageSeconds < 0) {
    return [
      {
        key,
        level: 'failed',
        about: name,
        says: 'This nac has no picture of the devices: it answers every NAC with an error.',
        fix: 'It gets one when it reaches this console. Look in its log.',
        page: 'nac',
      },
    ]
  }
  const slow = nodes.filter(({ p99Ms }) => p99Ms !== undefined && p99Ms > slowMs)
  if (slow.length === 0) return []
  return [
    {
      key: `${key} slow`,
      level: 'warning',
      about: name,
      says: `It answers ${slow.map(({ user }) => user).join(', ')} too slowly: more than ${slowMs} ms.`,
      fix: 'ISE calls an MDM server that is slower unreachable. Look at the load of its server.',
      page: 'nac',
    },
  ]
}

function ofSource({ id, name, settings, state }: MdmSource): readonly Matter[] {
  if (!settings.enabled || (!state.isStale && state.failure === undefined)) return []
  return [
    {
      key: `source ${id}`,
      level: state.isStale ? 'failed' : 'warning',
      about: name,
      says: state.failure?.says ?? 'This inventory source has not answered for too long.',
      fix: state.failure?.fix ?? 'Its devices stay as they were. Ask it now to see what is wrong.',
      page: 'sources',
    },
  ]
}
