/**
 * The inventory protocol of FusionInventory, GLPI and OCS agents: requests, replies, and what matters of an inventory.
 *
 * @module
 */
export { fusionFailure } from './failures.ts'
export type { Inventory } from './inventory.ts'
export { inventoryKept, refused, sendInventory } from './reply.ts'
export { readAgentRequest, type AgentRequest } from './request.ts'
export { maxUnpackedBytes, pack, unpack, type Packing, type Unpacked } from './unpack.ts'
