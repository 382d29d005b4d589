// What a dashboard of ours may hold: Grafana's own types, with the options of the
// panels that we use in the place of "anything".
import type { Dashboard, FieldConfig, Panel } from '@grafana/schema';
import type * as barGauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// A type as JSON has it: enumerations by their values; what Grafana fills in
// itself may be left out.
type Json<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends (infer E)[] ? Json<E>[] : { [K in keyof T]?: Json<T[K]> };

interface Query {
  refId: string;
  datasource: { type: 'prometheus'; uid: '${datasource}' };
  expr: string;
  legendFormat: string;
  instant?: boolean;
  format?: 'time_series' | 'table';
}

type Of<Type extends string, Options, Custom> =
  Json<Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'>> & {
    type: Type;
    options: Json<Options>;
    fieldConfig: { defaults: Json<Omit<FieldConfig, 'custom'>> & { custom?: Json<Custom> }; overrides: [] };
    targets: Query[];
  };

export type OurDashboard = Json<Omit<Dashboard, 'panels'>> & {
  panels: (
    | Of<'timeseries', timeSeries.Options, timeSeries.FieldConfig>
    | Of<'stat', stat.Options, Record<string, never>>
    | Of<'bargauge', barGauge.Options, Record<string, never>>
    | Of<'table', table.Options, table.FieldConfig>
  )[];
};
