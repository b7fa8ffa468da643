/**
 * The root certificate a connector needs before it has attached once.
 *
 * @module
 */
import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'

/** A code carries no certificate: a server that does not know who signed the relay's has to be told. */
export function RootForRelay() {
  const get = useMutation({
    mutationFn: () => ask<{ pem: string }>('GET', path`/api/certificates/root`),
    onSuccess: ({ pem }) => saveFile('sallygate-root.pem', pem),
  })
  return (
    <Stack gap={4}>
      <Text size="sm">
        Has this console issued the certificate of the relay? Then take its root along, and add{' '}
        <code className="one-line">--relay-ca sallygate-root.pem</code> to the second line.
      </Text>
      <Button variant="subtle" size="compact-sm" className="start" loading={get.isPending} onClick={() => get.mutate()}>
        Download sallygate-root.pem
      </Button>
      {get.isError && <FailureNotice error={get.error} />}
    </Stack>
  )
}
