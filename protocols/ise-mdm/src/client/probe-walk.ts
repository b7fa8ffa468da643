/**
 * Walks the pages of a query and counts what ISE would stumble over.
 *
 * @module
 */
import type { IseClient } from './ise-client.ts'
import type { DeviceQuery } from './query-path.ts'

export interface Walk {
  readonly pages: number
  readonly devices: number
  readonly largestPage: number
  /** Devices that were on a page before. */
  readonly repeated: number
  readonly compliant: number
  readonly isComplete: boolean
  readonly remarks: readonly string[]
}

/** @throws ISE_CLIENT_*. */
export async function walkPages(client: IseClient, query: DeviceQuery, mostPages: number): Promise<Walk> {
  const seen = new Set<string>()
  const remarks = new Set<string>()
  const counts = { pages: 0, devices: 0, largestPage: 0, repeated: 0, compliant: 0 }
  for await (const page of client.pages(query)) {
    const { devices, nextToken } = page.value
    counts.pages++
    counts.devices += devices.length
    counts.largestPage = Math.max(counts.largestPage, devices.length)
    counts.compliant += devices.filter((device) => device.isCompliant === true).length
    for (const remark of page.remarks) remarks.add(remark)
    for (const device of devices) {
      const key = device.guid ?? device.macAddresses[0]
      if (key === undefined) remarks.add('A device has neither guid nor macaddress.')
      else if (seen.has(key)) counts.repeated++
      else seen.add(key)
    }
    if (counts.pages >= mostPages && nextToken !== undefined)
      return { ...counts, isComplete: false, remarks: [...remarks] }
  }
  return { ...counts, isComplete: true, remarks: [...remarks] }
}
