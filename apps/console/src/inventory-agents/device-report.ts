/**
 * An agent's inventory as a report to the inventory of the console.
 *
 * @module
 */
import { readIdentifiers, strongKinds, usableMacs, type DeviceReport, type SaidFacts } from '@sallygate/domain'
import type { Inventory } from '@sallygate/protocol-fusion-inventory'

export function reportOf(inventory: Inventory, isPartial: boolean, group: string, atMs: number): DeviceReport {
  const { serial, uuid, imei, hostName, macs } = inventory
  // Part of an inventory may say nothing of adapters; that does not mean that they are gone.
  const looked = isPartial && macs.length === 0 ? undefined : macs
  const identifiers = { serial, uuid, imei, hostName, macs: looked }
  return {
    group,
    source: 'fusionInventory',
    sourceId: nameOf(inventory),
    identifiers,
    facts: factsOf(inventory, isPartial),
    atMs,
  }
}

/**
 * The agent's own name for itself comes from the host name and the time of its first run, and machines that were
 * copied share it. It counts only where there is nothing better: no serial number, no UUID, no address of hardware.
 */
function nameOf(inventory: Inventory): string | undefined {
  const read = readIdentifiers({ ...inventory, macs: inventory.macs })
  const isNamed = strongKinds.some((kind) => read[kind] !== undefined) || usableMacs(read.macs, new Set()).length > 0
  return isNamed ? undefined : inventory.agentId
}

function factsOf(inventory: Inventory, isPartial: boolean): SaidFacts {
  const truth = (value: boolean | undefined) =>
    value !== undefined ? { value } : isPartial ? undefined : ({ unknown: true } as const)
  const text = (value: string | undefined) => (value === undefined ? undefined : { value })
  const facts = {
    diskEncrypted: truth(inventory.isDiskEncrypted),
    firewallOn: truth(inventory.isFirewallOn),
    antivirusOn: truth(inventory.isAntivirusOn),
    manufacturer: text(inventory.manufacturer),
    model: text(inventory.model),
    platform: text(inventory.platform),
    osName: text(inventory.osName),
    osVersion: text(inventory.osVersion),
    userName: text(inventory.userName),
    agentVersion: text(inventory.agentVersion),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as SaidFacts
}
