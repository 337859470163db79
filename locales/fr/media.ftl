# Les images de l’établissement et de ses prestations.
media-file = Image
media-hint = JPEG, PNG, WebP ou GIF, 10 Mo au plus. Le lieu et la date de prise de vue sont effacés.
media-send = Envoyer l’image
media-remove = Retirer l’image
media-choose = Choisir une photo
media-service = Photo de la prestation
media-service-of = Photo : { $name }
media-service-lead = Elle accompagne la prestation sur votre page publique.
media-logo = Logo
media-logo-lead = Il remplace vos initiales en tête de votre page publique. Un fond transparent est conservé.
media-logo-choose = Choisir un logo
media-cover = Image de couverture
media-cover-lead = Elle occupe toute la largeur en haut de votre page publique : choisissez une photo en paysage.
media-cover-choose = Choisir une image
