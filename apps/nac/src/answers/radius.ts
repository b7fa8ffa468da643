/**
 * The answer made for FreeRADIUS: JSON whose members `rlm_rest` puts where they say.
 *
 * The verdict is a word in a control attribute, so that a policy of a few lines
 * decides what each word means. When nac cannot answer there is no word, and no word
 * is not a no.
 *
 * @module
 */
import type { NacDevice } from '@sallygate/domain'
import { queryOf, readParameters, type Parameters } from '@sallygate/protocol-ise-mdm/server'
import type { ReadModel } from '../read-model/read-model.ts'
import { json, type Answer, type Asking } from './answer.ts'
import { findRegistered } from './device-search.ts'

/** Which parameter is which criterion. The first that is given and not empty decides. */
const criteria = { guid: 'guid', serial: 'serialnumber', mac: 'macaddress' } as const

export const radiusPath = '/radius/device'

/** `undefined` for another address. */
export function readRadius(address: string): Parameters | undefined {
  const at = address.indexOf('?')
  const path = (at < 0 ? address : address.slice(0, at)).replace(/\/$/, '')
  return path === radiusPath ? readParameters(at < 0 ? '' : address.slice(at + 1)) : undefined
}

export function radiusAnswer(model: ReadModel, { account }: Asking, parameters: Parameters): Answer {
  const given = Object.entries(criteria).find(([name]) => (parameters.get(name) ?? '') !== '')
  const query = given === undefined ? undefined : queryOf(given[1], parameters.get(given[0]) ?? '')
  const found = query === undefined ? [] : findRegistered(model, account, query)
  const judged = found.map(({ device }) => device)
  // Of several with one address, all have to be compliant: nobody knows which of them is asking.
  const device = judged.find(({ compliant }) => compliant !== true) ?? judged[0]
  const verdict = device === undefined ? 'unknown' : device.compliant === true ? 'compliant' : 'non-compliant'
  const says = device === undefined ? 'This device is not enrolled' : reasonOf(device)
  const body = JSON.stringify({
    'control:Tmp-String-0': { op: ':=', value: [verdict] },
    'control:Tmp-String-1': { op: ':=', value: [device?.guid ?? ''] },
    'control:Tmp-String-2': { op: ':=', value: [says.slice(0, 240)] },
  })
  const outcome = query?.by === 'malformed' ? 'malformed' : device === undefined ? 'notFound' : 'found'
  return { status: 200, type: json, body, kind: 'query', outcome }
}

function reasonOf({ compliant, failureReason, remediation }: NacDevice): string {
  if (compliant === true) return 'Compliant'
  return [failureReason ?? 'Not evaluated yet', remediation ?? ''].filter((part) => part !== '').join('. ')
}
