import { Button, Center, Group, Paper, Select, Skeleton, Stack, Table, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import type { Page, PageQuery } from '../api.ts';
import { useT } from '../words.tsx';
import classes from './list.module.css';
import { Empty, type EmptyProps, Problem } from './notices.tsx';

export interface Column<Item> {
  name: string;
  cell: (item: Item) => ReactNode;
}

export type Filter = { name: string; label: string; options?: { value: string; label: string }[] };

interface ListProps<Item> {
  queryKey: unknown[];
  /** One page from the server; `filters` hold what the address says, without what is empty. */
  fetch: (page: PageQuery, filters: Record<string, string>) => Promise<Page<Item>>;
  columns: Column<Item>[];
  filters?: Filter[];
  /** Where a row leads: an address relative to the console. */
  link?: (item: Item) => string;
  itemKey: (item: Item) => string;
  empty: EmptyProps;
  refetchMs?: number;
}

const pageSize = 50;

/** A list that the server pages and filters. Filters live in the address, so that it can be shared. */
export function List<Item>({ queryKey, fetch, columns, filters = [], link, itemKey, empty, refetchMs }: ListProps<Item>) {
  const t = useT();
  const [search] = useSearchParams();
  const chosen = Object.fromEntries(
    filters.map(({ name }) => [name, search.get(name) ?? '']).filter(([, value]) => value !== ''),
  ) as Record<string, string>;
  const query = useInfiniteQuery({
    queryKey: [...queryKey, chosen],
    queryFn: ({ pageParam }) => fetch({ limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) }, chosen),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: refetchMs ?? false,
    placeholderData: keepPreviousData, // What is shown stays until what fits better is there.
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = Object.keys(chosen).length > 0;

  return (
    <Stack gap="md">
      {filters.length > 0 && <Filters filters={filters} />}
      {query.isError && <Problem problem={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Lines />}
      {query.isSuccess && items.length === 0 && (
        <Paper withBorder>{isFiltered ? <Empty title={t('nothing_fits')}>{t('nothing_fits_text')}</Empty> : <Empty {...empty} />}</Paper>
      )}
      {items.length > 0 && (
        <Paper withBorder className={classes.frame}>
          <Table className={classes.table} highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.name}>{column.name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <Row key={itemKey(item)} item={item} columns={columns} to={link?.(item)} />
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('show_more')}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

/** A row that leads somewhere does so by mouse and by keyboard; links and buttons in it go their own way. */
function Row<Item>({ item, columns, to }: { item: Item; columns: Column<Item>[]; to: string | undefined }) {
  const navigate = useNavigate();
  const open = (target: EventTarget) => {
    if (to && !(target as HTMLElement).closest('a,button,input')) void navigate(to);
  };
  return (
    <Table.Tr
      {...(to && {
        tabIndex: 0,
        className: classes.link,
        onClick: (event) => open(event.target),
        onKeyDown: (event) => event.key === 'Enter' && open(event.target),
      })}
    >
      {columns.map((column) => (
        <Table.Td key={column.name} data-label={column.name}>
          {column.cell(item)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

function Filters({ filters }: { filters: Filter[] }) {
  const t = useT();
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  const isAny = filters.some(({ name }) => search.get(name));
  return (
    <Group gap="sm" align="flex-end" role="search">
      {filters.map(({ name, label, options }) =>
        options ? (
          <Select
            key={name}
            label={label}
            data={options}
            value={search.get(name)}
            onChange={(value) => set(name, value ?? '')}
            clearable
            placeholder={t('any')}
            className={classes.filter ?? ''}
          />
        ) : (
          <TextFilter key={name} label={label} value={search.get(name) ?? ''} onChange={(value) => set(name, value)} />
        ),
      )}
      {isAny && (
        <Button variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={() => setSearch({}, { replace: true })}>
          {t('clear_filters')}
        </Button>
      )}
    </Group>
  );
}

const typingPauseMs = 400;

function TextFilter({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const wait = setTimeout(() => onChange(text.trim()), typingPauseMs);
    return () => clearTimeout(wait);
  }, [text]);
  return (
    <TextInput
      label={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      leftSection={<IconSearch size={14} />}
      className={classes.filter ?? ''}
    />
  );
}

function Lines() {
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        {[1, 2, 3, 4].map((line) => (
          <Skeleton key={line} height={20} />
        ))}
      </Stack>
    </Paper>
  );
}
