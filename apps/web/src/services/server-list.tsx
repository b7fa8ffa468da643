/**
 * Servers of a service, in the order they are tried: host, port, and the name in the certificate.
 *
 * @module
 */
import { Button, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type ServerListProps, Server } from './server-row.tsx'

const most = 8

export function ServerList(props: ServerListProps) {
  const { form, label, says, another, isOptional = false } = props
  const { servers } = form.values
  return (
    <fieldset className="plain">
      <Text component="legend" size="sm" fw={600}>
        {label}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {says}
      </Text>
      <Stack gap="sm">
        {servers.map((_, index) => (
          <Server key={index} {...props} index={index} canGo={servers.length > 1 || isOptional} />
        ))}
      </Stack>
      {servers.length < most && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={6}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => form.insertListItem('servers', another)}
        >
          Another server
        </Button>
      )}
    </fieldset>
  )
}
