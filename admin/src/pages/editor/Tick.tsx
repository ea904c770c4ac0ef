import { Checkbox, Flex, Typography } from '@strapi/design-system';

interface TickProps {
  label: string;
  hint?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A setting that is on or off. */
export function Tick({ label, hint, checked, onChange }: TickProps) {
  return (
    <Flex direction="column" alignItems="flex-start" gap={1}>
      <Checkbox checked={checked} onCheckedChange={(value) => onChange(value === true)}>
        {label}
      </Checkbox>
      {hint ? (
        <Typography variant="pi" textColor="neutral600">
          {hint}
        </Typography>
      ) : null}
    </Flex>
  );
}
