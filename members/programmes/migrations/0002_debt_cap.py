"""How much a member may owe at most, as one of the programme's settings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_programmes")]

    operations = [
        migrations.AddField(
            model_name="settingsversion",
            name="debt_cap",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="points owed at most"
            ),
        ),
    ]
