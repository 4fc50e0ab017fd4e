from django.db import migrations


class Migration(migrations.Migration):
    # Apart from the rows: PostgreSQL refuses to alter a table with events still pending.
    dependencies = [("earning", "0002_rule_rows")]

    operations = [migrations.RemoveField(model_name="earnruleversion", name="line_multipliers")]
