import { useId } from 'react';

import { Flex, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

const Input = styled.input`
  width: 100%;
  margin: 0;
  accent-color: ${({ theme }) => theme.colors.primary600};
`;

interface RangeProps {
  label: string;
  value: number;
  min: number;
  max: number;
  /** The value in words. */
  shown: string;
  onChange: (value: number) => void;
}

export function Range({ label, value, min, max, shown, onChange }: RangeProps) {
  const id = useId();
  return (
    <Flex direction="column" alignItems="stretch" gap={1}>
      <Flex justifyContent="space-between" gap={2}>
        <Typography tag="label" htmlFor={id} variant="pi" fontWeight="bold" textColor="neutral800">
          {label}
        </Typography>
        <Typography variant="pi" textColor="neutral600" aria-hidden>
          {shown}
        </Typography>
      </Flex>
      <Input
        id={id}
        type="range"
        min={min}
        max={max}
        value={value}
        aria-valuetext={shown}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </Flex>
  );
}
