/**
 * Servers that DNS names: of which domain, of which site, and a look at what there is.
 *
 * @module
 */
import { Button, Checkbox, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { FoundServers } from '../api/directory-shapes.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import type { StoredSettings } from '../services/service-settings.ts'
import type { DirectoryParts } from './directory-form.tsx'
import { originWords } from './words.ts'

const columns: readonly Column<FoundServers['servers'][number]>[] = [
  { title: 'Server', cell: ({ server }) => <strong>{visible(server)}</strong> },
  {
    title: 'From',
    cell: ({ from, isBackup }) => `${originWords[from]}${isBackup ? ', only while no other answers' : ''}`,
  },
  { title: 'Priority', isNumber: true, cell: ({ priority }) => priority ?? '' },
  { title: 'Weight', isNumber: true, cell: ({ weight }) => weight ?? '' },
]

export function DiscoveryFields({ group, form, draft, label }: DirectoryParts) {
  const { siteRule } = form.values.discovery
  const look = useMutation({
    mutationFn: () =>
      ask<FoundServers>('POST', path`/api/groups/${group}/directory/servers`, { body: { settings: unbound(draft()) } }),
  })
  return (
    <Stack gap="md" className="indented">
      <TextInput
        label={label('DNS domain', 'discovery')}
        placeholder="corp.example.com"
        required
        withAsterisk={false}
        spellCheck={false}
        {...form.getInputProps('discovery.domain')}
      />
      <Select
        label="Servers of which site first"
        maw={320}
        allowDeselect={false}
        data={[
          { value: 'any', label: 'Sites make no difference' },
          { value: 'automatic', label: 'The site of the connector' },
          { value: 'named', label: 'A site by its name' },
        ]}
        {...form.getInputProps('discovery.siteRule')}
      />
      {siteRule === 'named' && (
        <TextInput
          label="Name of the site"
          maxLength={63}
          required
          withAsterisk={false}
          {...form.getInputProps('discovery.site')}
        />
      )}
      <Checkbox
        label="Global catalog"
        description="The whole forest with a part of its attributes, at ports 3268 and 3269."
        {...form.getInputProps('discovery.globalCatalog', { type: 'checkbox' })}
      />
      <Button
        variant="light"
        className="start"
        loading={look.isPending}
        disabled={form.values.discovery.domain.trim() === ''}
        onClick={() => look.mutate()}
      >
        Show what DNS names
      </Button>
      {look.isError && <FailureNotice error={look.error} />}
      {look.data !== undefined && <Found found={look.data} />}
    </Stack>
  )
}

/** DNS is asked without a password, so nobody has to enter one again to see what it names. */
const unbound = (settings: StoredSettings): StoredSettings => ({
  ...Object.fromEntries(Object.entries(settings).filter(([field]) => !['bindDn', 'bindPassword'].includes(field))),
  bind: 'anonymous',
})

function Found({ found }: { readonly found: FoundServers }) {
  const { site, siteFailure, questions, servers } = found
  const silent = questions.filter(({ failure }) => failure !== undefined)
  return (
    <>
      {siteFailure !== undefined && <Notice about="warning" says="The site is not known." fix={siteFailure} />}
      {silent.map(({ name, failure }) => (
        <Notice key={name} about="warning" says={`DNS does not answer for ${visible(name)}.`} fix={failure ?? ''} />
      ))}
      <Text size="sm" role="status">
        {servers.length === 0
          ? 'DNS names no server'
          : `${servers.length} ${servers.length === 1 ? 'server' : 'servers'}, in the order they are tried`}
        {site !== undefined && `; site ${visible(site.name)}`}. Asked by {visible(found.connector.name)}.
      </Text>
      <DataTable
        caption="Servers in the order they are tried"
        columns={columns}
        rows={servers}
        keyOf={({ server }) => server}
        whenEmpty="Check the domain; on the connector host: nslookup -type=SRV _ldap._tcp.your.domain."
      />
    </>
  )
}
