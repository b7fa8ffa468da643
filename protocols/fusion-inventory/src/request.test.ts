import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAgentRequest, type AgentRequest } from './request.ts'
import { inventoryKept, sendInventory } from './reply.ts'
import { pack, unpack } from './unpack.ts'

const read = async (body: Uint8Array | string): Promise<AgentRequest> =>
  readAgentRequest(await unpack(typeof body === 'string' ? Buffer.from(body) : body))

async function inventoryOf(content: string) {
  const request = await read(
    `<?xml version="1.0" encoding="UTF-8" ?><REQUEST><CONTENT>${content}</CONTENT><DEVICEID>host-2026</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>`,
  )
  if (request.kind !== 'inventory') throw new Error('no inventory')
  return request.inventory
}

/** The shape of a real agent's document (fusioninventory-agent 2.6), with made-up values. */
const linux = `
  <BIOS><SSN>5CD1234XYZ</SSN><SMANUFACTURER>Dell Inc.</SMANUFACTURER><SMODEL>XPS 13</SMODEL></BIOS>
  <DRIVES><FILESYSTEM>ext4</FILESYSTEM><TYPE>/</TYPE><VOLUMN>/dev/mapper/root</VOLUMN><ENCRYPT_NAME>dm-crypt</ENCRYPT_NAME><ENCRYPT_STATUS>Yes</ENCRYPT_STATUS></DRIVES>
  <DRIVES><FILESYSTEM>vfat</FILESYSTEM><TYPE>/boot/efi</TYPE><VOLUMN>/dev/sda1</VOLUMN></DRIVES>
  <DRIVES><FILESYSTEM>tmpfs</FILESYSTEM><TYPE>/tmp</TYPE></DRIVES>
  <FIREWALL><STATUS>off</STATUS></FIREWALL>
  <HARDWARE><NAME>ada-laptop</NAME><UUID>4C4C4544-0042-3510-8052-B4C04F4A3132</UUID><OSNAME>Debian GNU/Linux 12</OSNAME></HARDWARE>
  <NETWORKS><DESCRIPTION>lo</DESCRIPTION><MACADDR>00:00:00:00:00:00</MACADDR><TYPE>loopback</TYPE><VIRTUALDEV>1</VIRTUALDEV></NETWORKS>
  <NETWORKS><DESCRIPTION>eth0</DESCRIPTION><MACADDR>00:10:5a:00:00:01</MACADDR><VIRTUALDEV>0</VIRTUALDEV></NETWORKS>
  <NETWORKS><DESCRIPTION>eth0</DESCRIPTION><MACADDR>00:10:5a:00:00:01</MACADDR><IPADDRESS6>fe80::1</IPADDRESS6><VIRTUALDEV>0</VIRTUALDEV></NETWORKS>
  <NETWORKS><DESCRIPTION>docker0</DESCRIPTION><MACADDR>02:42:00:00:00:01</MACADDR><VIRTUALDEV>1</VIRTUALDEV></NETWORKS>
  <OPERATINGSYSTEM><KERNEL_NAME>linux</KERNEL_NAME><FULL_NAME>Debian GNU/Linux 12 (bookworm)</FULL_NAME><VERSION>12</VERSION><FQDN>ada-laptop.example</FQDN></OPERATINGSYSTEM>
  <USERS><LOGIN>ada</LOGIN></USERS><VERSIONCLIENT>FusionInventory-Agent_v2.6-3</VERSIONCLIENT>`

describe('an inventory in XML', () => {
  test('says who the machine is and what its posture is', async () => {
    expect(await inventoryOf(linux)).toEqual({
      agentId: 'host-2026',
      agentVersion: 'FusionInventory-Agent_v2.6-3',
      serial: '5CD1234XYZ',
      uuid: '4C4C4544-0042-3510-8052-B4C04F4A3132',
      imei: undefined,
      hostName: 'ada-laptop.example',
      macs: ['00:10:5a:00:00:01'],
      manufacturer: 'Dell Inc.',
      model: 'XPS 13',
      platform: 'linux',
      osName: 'Debian GNU/Linux 12 (bookworm)',
      osVersion: '12',
      userName: 'ada',
      isDiskEncrypted: true,
      // Debian's agent says *off* where nftables filters.
      isFirewallOn: undefined,
      isAntivirusOn: undefined,
    })
  })

  test('of a container has the virtual adapter that leads somewhere', async () => {
    const container =
      '<NETWORKS><MACADDR>02:42:ac:11:00:02</MACADDR><IPGATEWAY>172.17.0.1</IPGATEWAY><VIRTUALDEV>1</VIRTUALDEV></NETWORKS><NETWORKS><MACADDR>02:42:ac:11:00:99</MACADDR><VIRTUALDEV>1</VIRTUALDEV></NETWORKS>'

    expect((await inventoryOf(container)).macs).toEqual(['02:42:ac:11:00:02'])
  })

  test.each([
    ['nothing is said of a disk', '<DRIVES><FILESYSTEM>ext4</FILESYSTEM><TYPE>/</TYPE></DRIVES>', undefined],
    [
      'one disk is not',
      '<DRIVES><ENCRYPT_STATUS>Yes</ENCRYPT_STATUS></DRIVES><DRIVES><LETTER>D:</LETTER><ENCRYPT_STATUS>No</ENCRYPT_STATUS></DRIVES>',
      false,
    ],
    ['one is half way', '<DRIVES><ENCRYPT_STATUS>Partially</ENCRYPT_STATUS></DRIVES>', false],
    [
      'one is not known',
      '<DRIVES><ENCRYPT_STATUS>Yes</ENCRYPT_STATUS></DRIVES><DRIVES><FILESYSTEM>ext4</FILESYSTEM><TYPE>/srv</TYPE></DRIVES>',
      undefined,
    ],
  ])('encryption when %s', async (_, drives, verdict) => {
    expect((await inventoryOf(drives)).isDiskEncrypted).toBe(verdict)
  })

  test('Windows knows its own firewall and scanners', async () => {
    const windows =
      '<OPERATINGSYSTEM><KERNEL_NAME>MSWin32</KERNEL_NAME></OPERATINGSYSTEM><FIREWALL><PROFILE>public</PROFILE><STATUS>off</STATUS></FIREWALL><ANTIVIRUS><ENABLED>0</ENABLED></ANTIVIRUS><ANTIVIRUS><ENABLED>1</ENABLED></ANTIVIRUS>'

    expect(await inventoryOf(windows)).toMatchObject({ platform: 'windows', isFirewallOn: false, isAntivirusOn: true })
  })
})

describe('the newer format, in JSON', () => {
  // Member names as in the published schema of GLPI's inventory format; no such agent ran here.
  const content = {
    bios: { ssn: '2FAGP34', smanufacturer: 'Dell Inc.' },
    hardware: { name: 'COMP1', uuid: '4c4c4544-0046-4710-8047-b2c04f503732' },
    networks: [
      { description: 'wlan0', mac: '44:85:00:2b:90:bc', virtualdev: false },
      { mac: '02:42:00:00:00:01', virtualdev: true },
    ],
    operatingsystem: { kernel_name: 'linux', full_name: 'Fedora 25', version: '25' },
    versionclient: 'GLPI-Agent_v1.16',
  }

  test('is read like the older one', async () => {
    const request = await read(
      JSON.stringify({ action: 'inventory', deviceid: 'c', itemtype: 'Computer', partial: true, content }),
    )

    expect(request).toMatchObject({
      kind: 'inventory',
      dialect: 'json',
      isPartial: true,
      inventory: { serial: '2FAGP34', macs: ['44:85:00:2b:90:bc'], osName: 'Fedora 25' },
    })
  })

  test('contact is asked for with it, and answered in it', async () => {
    const request = await read(JSON.stringify({ action: 'contact', deviceid: 'c', 'installed-tasks': ['inventory'] }))

    expect(request).toEqual({ kind: 'contact', dialect: 'json', agentId: 'c' })
    expect(JSON.parse(sendInventory('json', 24).toString())).toEqual({ status: 'ok', expiration: 24 })
  })

  test.each(['NetworkEquipment', 'Printer'])('a %s is no device of a person', async (itemtype) => {
    await expect(read(JSON.stringify({ action: 'inventory', deviceid: 'c', itemtype, content }))).rejects.toMatchObject(
      {
        code: 'INVENTORY_AGENT_UNSUPPORTED',
      },
    )
  })
})

describe('packing', () => {
  const prolog = '<REQUEST><DEVICEID>a</DEVICEID><QUERY>PROLOG</QUERY><TOKEN>12345678</TOKEN></REQUEST>'

  test.each([
    ['zlib', deflateSync(prolog)],
    ['gzip', gzipSync(prolog)],
    ['none', Buffer.from(prolog)],
  ] as const)('%s is known by its bytes, and comes back the same way', async (packing, body) => {
    const unpacked = await unpack(body)
    const reply = await unpack(await pack(inventoryKept('xml', 24), packing))

    expect(unpacked.packing).toBe(packing)
    expect(readAgentRequest(unpacked)).toEqual({ kind: 'contact', dialect: 'xml', agentId: 'a' })
    expect(reply.packing).toBe(packing)
  })

  test('a bomb ends at the bound', async () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024))

    await expect(unpack(bomb)).rejects.toMatchObject({ code: 'INVENTORY_AGENT_TOO_LARGE' })
  })

  test('half of a packed inventory is refused', async () => {
    const whole = deflateSync(prolog)

    await expect(unpack(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      code: 'INVENTORY_AGENT_UNREADABLE',
    })
  })
})

describe('what is refused', () => {
  test.each([
    [
      'an entity',
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><REQUEST><DEVICEID>&x;</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>',
      'UNREADABLE',
    ],
    ['another document', '<html/>', 'UNREADABLE'],
    ['no name', '<REQUEST><QUERY>PROLOG</QUERY></REQUEST>', 'UNREADABLE'],
    ['another query', '<REQUEST><DEVICEID>a</DEVICEID><QUERY>DOWNLOAD</QUERY></REQUEST>', 'UNSUPPORTED'],
    ['another action', '{"action":"get_params","deviceid":"a"}', 'UNSUPPORTED'],
    ['broken JSON', '{"action":', 'UNREADABLE'],
    ['deep JSON', `{"a":${'['.repeat(100)}`, 'TOO_LARGE'],
    ['nothing', '', 'UNREADABLE'],
  ])('%s', async (_, body, code) => {
    await expect(read(body)).rejects.toMatchObject({ code: `INVENTORY_AGENT_${code}` })
  })

  test('any bytes end in an answer or a failure of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        try {
          await read(bytes)
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^INVENTORY_AGENT_/)
        }
      }),
    )
  })
})
